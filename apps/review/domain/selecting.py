"""Selections that the server froze, and carrying one out exactly once."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.review.domain.carrying import Instruction
from apps.review.domain.performing import carry
from apps.review.domain.refusals import FilingsMissing, SelectionUsed
from apps.review.domain.returns.deadlines import NONE_GIVEN, Deadlines
from apps.review.models import Filing, Selection
from apps.review.models.statuses import Action

KEPT = timedelta(days=2)


def freeze_selection(
    project: Project,
    filings: Iterable[Filing],
    action: Action,
    *,
    by: Actor,
    back_to: str = "",
) -> Selection:
    """Remember ids and versions as they are now. Raises `FilingsMissing` for an empty selection."""
    rows = sorted({(filing.pk, filing.version) for filing in filings})
    if not rows or by.user is None or by.organization is None:
        raise FilingsMissing("请先勾选要处理的单位。")
    Selection.objects.filter(created_at__lt=timezone.now() - KEPT, chosen_by=by.user).delete()
    selection: Selection = Selection.objects.create(
        project=project,
        path=by.organization.path,
        chosen_by=by.user,
        action=action,
        filing_ids=[pk for pk, _version in rows],
        versions=[version for _pk, version in rows],
        back_to=back_to,
    )
    return selection


@transaction.atomic
def carry_out(
    selection: Selection,
    *,
    by: Actor,
    reason: str = "",
    deadline: datetime | None = None,
    closes_at: datetime | None = None,
    checked: bool = False,
    without: Collection[int] = (),
    packages: Collection[int] = (),
    deadlines: Deadlines = NONE_GIVEN,
) -> list[Filing]:
    """Take the selection's act on all its filings, once. `closes_at` is the end of a 补报.

    `packages`, `deadlines`: see `Instruction`. `checked`: the person ticked 签章完整 and 数据一致 for all of them.
    Filings `without` stay as they are.

    Raises `SelectionUsed` the second time, `FilingsMoved` if a row changed since it was frozen.
    """
    held = (
        Selection.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=selection.pk, chosen_by=by.user)
        .first()
    )
    if held is None:
        raise FilingsMissing("这次选择已失效，请回到列表重新勾选。")
    if held.used_at is not None:
        raise SelectionUsed("这次操作已经完成，没有重复执行。")
    versions = dict(zip(held.filing_ids, held.versions, strict=True))
    versions = {pk: version for pk, version in versions.items() if pk not in without}
    if not versions:
        raise FilingsMissing("所选单位都不能这样处理，没有处理任何单位。")
    filings = list(Filing.objects.among(versions))
    if len(filings) != len(versions):
        raise FilingsMissing("所选单位中有的已不在您的管辖范围内，请回到列表重新勾选。")
    told = Instruction(
        by,
        reason,
        versions,
        deadline,
        closes_at,
        sheet_checked=checked,
        packages=packages,
        deadlines=deadlines,
    )
    moved = carry(filings, Action(held.action), told)
    Selection.objects.filter(pk=held.pk).update(used_at=timezone.now())
    return moved
