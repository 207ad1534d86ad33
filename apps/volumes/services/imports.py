"""Applying checked imports: conversion coefficients, winning results with the rules of competition units."""

from django.db import transaction

from apps.accounts.actors import Actor
from apps.exchange.dry_run import DryRun
from apps.projects.models import Project
from apps.volumes.models import BaseVersion, Conversion, UnitRule, WinningResult
from apps.volumes.refusals import VolumesRefused

from .rules import changeable, refused_by_the_database
from .versions import locked_project, log

BATCH = 2_000


@transaction.atomic
def save_conversions(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write new and changed coefficients. Raises `VolumesRefused` while a base is published."""
    project = locked_project(project, by)
    if BaseVersion.objects.of_project(project).published().exists():
        raise VolumesRefused("计算基数已经发布，折算系数不能再改；需要修改时请先撤销发布。")
    rows: list[Conversion] = [*outcome.new, *outcome.changed]
    with refused_by_the_database():
        Conversion.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["main", "coefficient"],
            batch_size=BATCH,
        )
    log(project, by, "导入折算系数", f"导入折算系数 {len(rows):,} 个品规")


@transaction.atomic
def save_results(*, project: Project, outcome: DryRun, by: Actor) -> None:
    """Write winning results and the rules of competition units. Raises `VolumesRefused`."""
    project = changeable(project, by)
    changes = [*outcome.new, *outcome.changed]
    results = [row for row in changes if isinstance(row, WinningResult)]
    units = [row for row in changes if isinstance(row, UnitRule)]
    with refused_by_the_database():
        WinningResult.objects.bulk_create(
            results,
            update_conflicts=True,
            unique_fields=["project", "item", "enterprise"],
            update_fields=["rank", "cut"],
            batch_size=BATCH,
        )
        UnitRule.objects.bulk_create(
            units,
            update_conflicts=True,
            unique_fields=["project", "competition_unit"],
            update_fields=["rule", "ratio_class", "winners"],
            batch_size=BATCH,
        )
    log(
        project,
        by,
        "导入中选结果",
        f"导入中选结果 {len(results):,} 条、竞争单元规则 {len(units):,} 个",
    )


@transaction.atomic
def clear_results(*, project: Project, by: Actor) -> int:
    """Delete all winning results of the project, to import them anew. Returns how many."""
    project = changeable(project, by)
    number, _ = WinningResult.objects.filter(project=project).delete()
    log(project, by, "清空中选结果", f"清空中选结果 {number:,} 条")
    return number
