"""Divisions as reference data: added and corrected by workbook; the bureaus on them come with `load_divisions`."""

from typing import Any

from django.db import transaction

from apps.audit.services import Author, Entry, record_many
from apps.exchange.domain.cross_checks import is_sound
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Reading, Row
from apps.organizations.models import Division, Level
from apps.scope.paths import ROOT

BATCH = 2_000
ABOVE = {
    Level.PROVINCE: frozenset({None}),
    Level.CITY: frozenset({Level.PROVINCE}),
    Level.COUNTY: frozenset({Level.PROVINCE, Level.CITY}),
}
FIELDS = ("name", "level", "parent_id")


def check_divisions(reading: Reading, _context: Any) -> DryRun:
    """What the workbook would add and correct; writes nothing."""
    outcome = DryRun()
    rows = list(reading)
    named = {row["code"] for row in rows} | {row["parent_id"] for row in rows}
    known = Division.objects.in_bulk(named)
    levels = {division.pk: division.level for division in known.values()}
    levels |= {row["code"]: row["level"] for row in rows}
    for row in rows:
        problem = "" if row.broken else _problem(row, levels)
        if not is_sound(outcome, row, [row.problem("parent_id", problem)] if problem else []):
            continue
        told = {"name": row["name"], "level": row["level"], "parent_id": row["parent_id"] or None}
        division = known.get(row["code"])
        if division is None:
            outcome.new.append(Division(code=row["code"], **told))
        elif told != {field: getattr(division, field) for field in FIELDS}:
            for field, value in told.items():
                outcome.change(row, field, getattr(division, field), value)
                setattr(division, field, value)
            outcome.changed.append(division)
        else:
            outcome.unchanged.append(division)
    return outcome


def _problem(row: Row, levels: dict[str, str]) -> str:
    """Why the division can't stand where the row puts it; "" if it can."""
    above = levels.get(row["parent_id"]) if row["parent_id"] else None
    if row["parent_id"] and above is None:
        return f"没有代码为 {row['parent_id']} 的行政区划"
    if above not in ABOVE.get(Level(row["level"]), frozenset()):
        return f"{Level(row['level']).label}的行政区划不能放在这个上级之下"
    return ""


@transaction.atomic
def save_divisions(outcome: DryRun, *, by: Author) -> None:
    """Write what `check_divisions` planned."""
    Division.objects.bulk_create(outcome.new, batch_size=BATCH)
    Division.objects.bulk_update(outcome.changed, FIELDS, batch_size=BATCH)
    record_many(
        by=by,
        entries=[
            *(_entry("新增行政区划", division) for division in outcome.new),
            *(_entry("修改行政区划", division) for division in outcome.changed),
        ],
    )


def _entry(verb: str, division: Division) -> Entry:
    told = f"{division.name} {division.code}"
    return Entry(verb, told, f"{verb} {division.name}（{division.code}）。", ROOT)
