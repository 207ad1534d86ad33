"""Keeping 编码对照: one by one, and many from Excel.

Invariants: only the institution itself keeps its codes; a code that the project's catalogue has for another item is
refused, so that none can come to mean two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.organizations.models import Organization, Tier
from apps.projects.domain.own_codes.finding import Codes, codes_of
from apps.projects.domain.refusals import NotAllowed, ProjectRefused, require_right
from apps.projects.models import CatalogItem, OwnCode, Project

BATCH = 2_000


class CodeRefused(ProjectRefused):
    """`field` is the one of the form that it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A code and the item that it is to stand for."""

    code: str
    item: int


@transaction.atomic
def keep_code(
    *,
    project: Project,
    code: str,
    item: str,
    by: Actor,
    standing: OwnCode | None = None,
    seen: Seen | None = None,
) -> OwnCode:
    """Add a code, or change the one that stands; `item` is a code of the catalogue.

    Raises `CodeRefused`, `NotAllowed`, `ChangedMeanwhile`.
    """
    unit = _keeper(by)
    named = item_of(codes_of(project), code, item)
    row = OwnCode(organization=unit, path=unit.path)
    if standing is not None:
        row = OwnCode.objects.select_for_update(of=("self",), no_key=True).get(pk=standing.pk)
        require_seen(seen, row)
    row.code, row.item = code, CatalogItem.objects.get(pk=named)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CodeRefused(f"本院编码“{code}”已经在编码对照里，请修改那一条。", "code") from None
    verb = "修改" if standing else "添加"
    _log(by, unit, code, f"{verb}编码对照：“{code}”对应 {row.item.item_code}（{row.item}）")
    return row


@transaction.atomic
def import_codes(*, changes: Sequence[CodeChange], by: Actor) -> int:
    """Write what the check of a file found new or changed. Raises `NotAllowed`."""
    unit, now = _keeper(by), timezone.now()
    rows = [
        OwnCode(
            organization=unit,
            path=unit.path,
            code=change.code,
            item_id=change.item,
            updated_at=now,
        )
        for change in changes
    ]
    OwnCode.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organization", "code"],
        update_fields=["item", "updated_at"],
        batch_size=BATCH,
    )
    _log(by, unit, "编码对照", f"导入编码对照 {len(rows):,} 条")
    return len(rows)


@transaction.atomic
def remove_codes(*, codes: QuerySet[OwnCode], by: Actor) -> int:
    """Returns how many. Raises `NotAllowed`."""
    unit = _keeper(by)
    number, _ = codes.filter(organization=unit).order_by().delete()
    if number:
        _log(by, unit, "编码对照", f"删除编码对照 {number:,} 条")
    return int(number)


def item_of(codes: Codes, code: str, item: str) -> int:
    """The item of the catalogue that `code` may stand for; `codes` are the catalogue's. Raises `CodeRefused`."""
    found = codes.find(item)
    if len(found) != 1:
        said = "对应多个品规，请改用品规编号" if found else "不在本项目的目录里"
        raise CodeRefused(f"编码“{item}”{said}。", "item")
    if codes.find(code) - found:
        raise CodeRefused(f"“{code}”是本项目里另一个品规的编码，不能再对应 {item}。", "code")
    return next(iter(found))


def _keeper(by: Actor) -> Organization:
    """Raises `NotAllowed`."""
    unit = by.organization
    if unit is None or unit.tier != Tier.INSTITUTION:
        raise NotAllowed("编码对照由医疗机构自己维护。")
    require_right(by, Permission.MAINTAIN)
    return unit


def _log(by: Actor, unit: Organization, what: str, sentence: str) -> None:
    record(by=by, verb="编码对照", object=what, sentence=sentence, path=unit.path)
