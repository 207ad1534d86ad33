"""An uploaded list of participants against the tree and the project. Writes nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.exchange.domain.cross_checks import is_sound
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.folding.domain.folding import folded
from apps.organizations.domain.codes import normalized
from apps.organizations.models import Organization, Tier
from apps.projects.models import Obligation, Participation, Project

Listed = tuple[Organization, Obligation]


def check_participants(project: Project, reading: Reading) -> DryRun:
    """New and changed rows as (unit, obligation); two statements."""
    rows = list(reading)
    units: Mapping[str, Organization] = Organization.objects.in_bulk(
        [normalized(row["code"]) for row in rows], field_name="code"
    )
    known: Mapping[int, str] = dict(
        Participation.objects.filter(project=project).values_list("organization_id", "obligation")
    )
    outcome = DryRun()
    for row in rows:
        unit = units.get(normalized(row["code"]))
        if is_sound(outcome, row, _problems(row, unit)) and unit is not None:
            wanted: Listed = (unit, Obligation(row["obligation"] or Obligation.REQUIRED))
            _place(outcome, known.get(unit.pk), wanted, row)
    return outcome


def _place(outcome: DryRun, now: Any, wanted: Listed, row: Row) -> None:
    if now is None:
        outcome.new.append(wanted)
    elif now != wanted[1]:
        outcome.changed.append(wanted)
        outcome.change(row, "obligation", now, wanted[1])
    else:
        outcome.unchanged.append(wanted)


def _problems(row: Row, unit: Organization | None) -> Iterator[Problem]:
    if unit is None:
        yield row.problem("code", f"没有编码为“{row['code']}”的机构，或不在您的管辖范围内")
        return
    if unit.tier != Tier.INSTITUTION:
        yield row.problem("code", f"“{unit.name}”不是医疗机构")
    elif not unit.is_active:
        yield row.problem("code", f"“{unit.name}”已禁用")
    elif unit.reports_through_id:
        yield row.problem("code", f"“{unit.name}”由其他机构代报，不单独参加")
    if row["name"] and folded(row["name"]) != folded(unit.name):
        yield row.problem("name", f"该编码登记的机构是“{unit.name}”")
