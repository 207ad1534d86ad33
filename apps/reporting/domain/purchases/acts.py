"""Writing purchase history: imported (S2-07c), or taken over from a history task (S3-31).

Invariants: one COPY and one upsert whatever the size; who has reported is named and nothing is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project, ProjectKind
from apps.reporting.domain.oddities.sql import set_norms
from apps.reporting.domain.publication import bring_history
from apps.reporting.domain.purchases.frozen import hold_units
from apps.reporting.domain.purchases.sql import put_purchases
from apps.reporting.domain.refusals import HistoryRefused
from apps.review.domain.locks import lock_branch
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE


@dataclass(frozen=True, slots=True)
class Purchase:
    """What one institution bought of one item, by year, in smallest units; years that are not given stay."""

    organization_id: int
    path: str
    item_id: int
    quantities: tuple[tuple[int, int], ...]


KEEPERS = (Tier.PROVINCE, Tier.ALLIANCE)


@transaction.atomic
def import_purchases(*, project: Project, purchases: Sequence[Purchase], by: Actor) -> int:
    """Insert or replace the given years; returns the number of quantities written.

    Raises `HistoryRefused`: not the person's to write; `HistoryFrozen` with the names of who has reported.
    """
    held = open_history(project, by)
    place = by.organization.path if by.organization else ""
    if any(not purchase.path.startswith(place) for purchase in purchases):
        raise HistoryRefused("文件里有不归您管理的机构，没有导入任何数据。")
    hold_units(held, {purchase.organization_id for purchase in purchases})
    count = put_purchases(held.pk, _lines(purchases))
    if held.is_frozen:
        set_norms(held.pk)
    _log(held, by, "导入历史采购量", f"导入 {len(purchases):,} 行，共 {count:,} 个采购量")
    return count


@transaction.atomic
def take_over_history(*, project: Project, by: Actor) -> int:
    """The approved lines of the project's history task, once more on demand; who has reported keeps its own.

    Returns how many quantities are new or different. Raises `HistoryRefused`.
    """
    held = open_history(project, by)
    if not by.may(Permission.MANAGE):
        raise HistoryRefused("历史采购量任务的结果由联采办带入。")
    if held.history_project is None:
        raise HistoryRefused("本项目没有指定历史采购量任务。")
    lock_branch(list(Filing.objects.of_project(held).institutions().filter(status__in=EDITABLE)))
    taken = bring_history(held)
    _log(held, by, "带入历史采购量", f"从“{held.history_project.name}”带入 {taken:,} 个采购量")
    return taken


def open_history(project: Project, by: Actor) -> Project:
    """The project, locked. Raises `HistoryRefused` unless the person may write history in it now."""
    if by.organization is None or by.organization.tier not in KEEPERS:
        raise HistoryRefused("历史采购量由省医保或联采办导入。")
    if not by.may(Permission.IMPORT):
        raise HistoryRefused("您的账号没有“导入”权限。")
    held: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if held.kind != ProjectKind.DEMAND:
        raise HistoryRefused("只有报量项目有历史采购量。")
    if held.phase == Phase.CONCLUDED:
        raise HistoryRefused("项目已办结，历史采购量不能再修改。")
    return held


def _lines(purchases: Sequence[Purchase]) -> Iterator[tuple[int, int, int, str, int]]:
    for purchase in purchases:
        for year, quantity in purchase.quantities:
            yield purchase.organization_id, purchase.item_id, year, purchase.path, quantity


def _log(project: Project, by: Actor, verb: str, what: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"{verb}（“{project.name}”）：{what}",
        path=by.organization.path if by.organization else "",
        project_code=project.code,
    )
