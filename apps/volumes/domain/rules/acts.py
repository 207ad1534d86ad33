"""Saving the rules from base to agreed volume; refused while agreed volumes are published."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import Seen, require_seen
from apps.projects.models import Project
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.refusals import VolumesRefused, refusal_of
from apps.volumes.domain.versions import locked_project, log
from apps.volumes.models import (
    CascadeRow,
    ItemRule,
    RatioRow,
    UnitRule,
    VolumeRules,
)
from apps.volumes.models.rules import UNIT_FIELDS

BATCH = 2_000
RULES_CHANGED, UNITS_CHANGED = "修改约定采购量规则", "修改竞争单元规则"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What the rules page sends, whole: the settings and both tables. The rows are unsaved."""

    settings: VolumeRules
    ratios: Sequence[RatioRow]
    cascades: Sequence[CascadeRow]


@contextmanager
def refused_by_the_database() -> Generator[None, None, None]:
    """Turns what a trigger refused into its sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def changeable(project: Project, by: Actor) -> Project:
    """The project locked for a change of its rules. Raises `VolumesRefused` once agreed volumes are published."""
    project = locked_project(project, by)
    if are_results_fixed(project):
        raise VolumesRefused("约定采购量已经发布，规则不能再改；需要修改时请先撤销发布。")
    return project


@transaction.atomic
def save_rules(
    *, project: Project, change: RuleChange, by: Actor, seen: Seen | None = None
) -> None:
    """Replace settings, ratio table and cascade. Raises `VolumesRefused`, `ChangedMeanwhile`."""
    project = changeable(project, by)
    require_seen(seen, project)
    if not change.ratios or not change.cascades:
        raise VolumesRefused("带量比例表和逐级分配表都至少要有一行。")
    with refused_by_the_database():
        change.settings.project = project
        change.settings.save()
        tables: list[tuple[Any, Sequence[Any]]] = [
            (RatioRow, change.ratios),
            (CascadeRow, change.cascades),
        ]
        for model, kept in tables:
            model.objects.filter(project=project).delete()
            for row in kept:
                row.project = project
            model.objects.bulk_create(kept)
    log(project, by, RULES_CHANGED, f"规则：{change.settings.get_rule_display()}")


@transaction.atomic
def save_unit(
    *,
    project: Project,
    rule: UnitRule,
    classes: Mapping[int, str],
    by: Actor,
    seen: Seen | None = None,
) -> None:
    """Set all that one competition unit has of its own, and classes of its items; a blank class goes.

    Raises `VolumesRefused`, `ChangedMeanwhile`.
    """
    project = changeable(project, by)
    require_seen(seen, project)
    rule.project = project
    with refused_by_the_database():
        UnitRule.objects.bulk_create(
            [rule],
            update_conflicts=True,
            unique_fields=["project", "competition_unit"],
            update_fields=list(UNIT_FIELDS),
        )
        save_classes(
            ItemRule(project=project, item_id=item, ratio_class=own)
            for item, own in classes.items()
        )
    log(
        project,
        by,
        UNITS_CHANGED,
        f"竞争单元“{rule.competition_unit}”，{len(classes)} 个品规类别",
    )


def save_classes(rows: Iterable[ItemRule]) -> None:
    """A blank class leaves the item to its competition unit again."""
    given = list(rows)
    blank = [row.item_id for row in given if not row.ratio_class]
    ItemRule.objects.filter(item__in=blank).delete()
    ItemRule.objects.bulk_create(
        [row for row in given if row.ratio_class],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["ratio_class"],
        batch_size=BATCH,
    )


@transaction.atomic
def save_unit_rules(
    *, project: Project, units: Iterable[UnitRule], by: Actor, seen: Seen | None = None
) -> int:
    """Set what these competition units have of their own. Returns how many.

    Raises `VolumesRefused`, `ChangedMeanwhile`.
    """
    project = changeable(project, by)
    require_seen(seen, project)
    rows = list(units)
    for row in rows:
        row.project = project
    with refused_by_the_database():
        UnitRule.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["project", "competition_unit"],
            update_fields=["rule", "ratio_class", "winners"],
        )
    names = "、".join(row.competition_unit for row in rows[:5])
    log(project, by, UNITS_CHANGED, f"{len(rows)} 个竞争单元：{names}")
    return len(rows)
