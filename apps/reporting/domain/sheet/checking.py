"""无误: the institution has looked at an odd quantity and calls it right. It says so of that number and no other."""

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.refusals import QuantityMoved
from apps.reporting.domain.sheet.filling import DEMAND
from apps.reporting.models import DemandLine
from apps.review.domain.holding import hold
from apps.review.domain.mandates.using import tell_filled
from apps.review.models import Filing


@transaction.atomic
def call_right(
    *, filing: Filing, project: Project, item: int, planned: int, is_right: bool, by: Actor
) -> None:
    """Tick or untick the line of an item. `planned` is what the page showed: another number by now is not called right.

    Raises `NotEditable`, `QuantityMoved`.
    """
    held = hold(filing, project=project, by=by, work=DEMAND)
    lines = DemandLine.objects.of_filing(held).filter(item=item, planned=planned)
    if not lines.update(checked=planned if is_right else None):
        raise QuantityMoved("这个品规的数量已经改变，请看过现在的数量再核对。")
    if by.mandate is not None:
        called = "无误" if is_right else "尚未核对"
        what = CatalogItem.objects.get(pk=item)
        tell_filled(
            by, held, project, f"{what.item_code} {what} {planned:,} {what.unit} 记为{called}"
        )
