"""Writing catalogue and winning results, all or nothing, until publication. Terms are never updated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError, QuerySet

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.exchange.domain.dry_run import DryRun
from apps.organizations.models.pinyin import phrase_initials
from apps.projects.domain.refusals import (
    ProjectRefused,
    locked,
    place_of,
    require_alliance,
    require_changeable,
)
from apps.projects.domain.winners.acts import WinnerChange, write_winners
from apps.projects.models import CatalogItem, Project, WinningProduct


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A catalogue row to be written; `position` 0: behind all others."""

    code: str
    values: Mapping[str, Any]
    position: int


BATCH = 2_000


@transaction.atomic
def save_catalogue(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write what the check found new or changed. Raises `ProjectFrozen`, `NotAllowed`."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    writing = [*outcome.new, *outcome.changed]
    items = [change for change in writing if isinstance(change, ItemChange)]
    winners = [change for change in writing if isinstance(change, WinnerChange)]
    _save_items(project, items)
    write_winners(project, winners)
    sentence = f"导入目录 {len(items):,} 个品规、中选结果 {len(winners):,} 个产品"
    _log(project, by, "导入目录", f"{sentence}{outcome.verified_words}")


@transaction.atomic
def remove_items(*, project: Project, items: QuerySet[CatalogItem], by: Actor) -> int:
    """Delete catalogue items with their winning results. Returns how many items."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    try:
        _, removed = items.filter(project=project).order_by().delete()
    except ProtectedError as error:
        raise ProjectRefused("选中的品规已有导入的采购量，请先删除这些采购量。") from error
    number = removed.get("projects.CatalogItem", 0)
    if number:
        _log(project, by, "删除目录", f"从目录中删除 {number:,} 个品规")
    return number


@transaction.atomic
def remove_winners(*, project: Project, products: QuerySet[WinningProduct], by: Actor) -> int:
    """Delete winning results; their items stay in the catalogue. Returns how many."""
    require_alliance(by)
    project = locked(project)
    require_changeable(project)
    try:
        _, removed = products.filter(project=project).order_by().delete()
    except ProtectedError as error:
        raise ProjectRefused("选中的中选产品已有分配数据，不能删除。") from error
    number = removed.get("projects.WinningProduct", 0)
    if number:
        _log(project, by, "删除中选结果", f"删除 {number:,} 个中选产品")
    return number


def _save_items(project: Project, changes: Sequence[ItemChange]) -> None:
    last = CatalogItem.objects.filter(project=project).aggregate(last=Max("position"))["last"] or 0
    last = max([last, *(change.position for change in changes)])
    rows = []
    for change in changes:
        last += not change.position
        rows.append(
            CatalogItem(
                project=project,
                item_code=change.code,
                position=change.position or last,
                pinyin=phrase_initials(change.values["variety"]),
                **change.values,
            )
        )
    CatalogItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "item_code"],
        update_fields=["position", "pinyin", *next((change.values for change in changes), ())],
        batch_size=BATCH,
    )


def _log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"项目“{project.name}”：{sentence}",
        path=place_of(by),
        project_code=project.code,
    )
