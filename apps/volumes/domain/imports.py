"""Applying checked imports: conversion coefficients, winning results with the rules of competition units."""

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.domain.actors import Actor
from apps.exchange.domain.dry_run import DryRun
from apps.projects.domain.winners.acts import WinnerChange, write_winners
from apps.projects.models import Project, WinningProduct
from apps.volumes.domain.guards import BASE_FIXED, is_base_fixed
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.domain.rules.acts import BATCH, changeable, refused_by_the_database, save_classes
from apps.volumes.domain.versions import locked_project, log
from apps.volumes.models import Conversion, ItemRule, UnitRule
from apps.volumes.models.rules import UNIT_FIELDS


@transaction.atomic
def save_conversions(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write new and changed coefficients. Raises `VolumesRefused` while a base is published."""
    project = locked_project(project, by)
    if is_base_fixed(project):
        raise VolumesRefused(f"{BASE_FIXED}。")
    rows: list[Conversion] = [*outcome.new, *outcome.changed]
    with refused_by_the_database():
        Conversion.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["main", "coefficient", "is_across_confirmed"],
            batch_size=BATCH,
        )
    log(project, by, "导入折算系数", f"导入折算系数 {len(rows):,} 个品规")


@transaction.atomic
def save_results(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write winning results, rules of competition units, classes of items. Raises `VolumesRefused`.

    While agreed volumes are published, terms and capacities may still be completed; what decides volumes may not.
    """
    project = locked_project(project, by)
    changes = [*outcome.new, *outcome.changed]
    winners = [row for row in changes if isinstance(row, WinnerChange)]
    units = [row for row in changes if isinstance(row, UnitRule)]
    classes = [row for row in changes if isinstance(row, ItemRule)]
    with refused_by_the_database():
        write_winners(project, winners)
        UnitRule.objects.bulk_create(
            units,
            update_conflicts=True,
            unique_fields=["project", "competition_unit"],
            update_fields=list(UNIT_FIELDS),
            batch_size=BATCH,
        )
        save_classes(classes)
    log(
        project,
        by,
        "导入中选结果",
        f"导入中选结果 {len(winners):,} 条、竞争单元规则 {len(units):,} 个、品规类别 {len(classes):,} 个"
        f"{outcome.verified_words}",
    )


@transaction.atomic
def clear_results(*, project: Project, by: Actor, expected: int | None = None) -> int:
    """Delete all winning results of the project, to import them anew. Returns how many.

    `expected` is how many the page told of; if there are others by now, `VolumesRefused` says so.
    """
    project = changeable(project, by)
    found = WinningProduct.objects.filter(project=project).count()
    if expected not in {None, found}:
        raise VolumesRefused(
            f"您打开页面之后，中选结果由 {expected:,} 条变为 {found:,} 条，没有清空。请核对后再清空。"
        )
    number = _removed(WinningProduct.objects.filter(project=project))
    log(project, by, "清空中选结果", f"清空中选结果 {number:,} 条")
    return number


@transaction.atomic
def remove_results(*, project: Project, products: QuerySet[WinningProduct], by: Actor) -> int:
    """Delete some winning results of a demand project. Returns how many. Raises `VolumesRefused`."""
    project = changeable(project, by)
    number = _removed(products.filter(project=project).order_by())
    if number:
        log(project, by, "删除中选结果", f"删除中选结果 {number:,} 条")
    return number


def _removed(products: QuerySet[WinningProduct]) -> int:
    with refused_by_the_database():
        _, removed = products.delete()
    return removed.get("projects.WinningProduct", 0)
