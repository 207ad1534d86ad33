"""Enterprises: one per unified social credit code, in the whole country."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from apps.audit.services import Author, Entry, record_many
from apps.exchange.domain.cross_checks import is_sound
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.organizations.domain import uscc
from apps.organizations.domain.doubts import IN_COLUMN, LOGGED, ByName, codes_by_name, doubts_about
from apps.organizations.domain.units import require_right
from apps.organizations.models import Enterprise
from apps.organizations.models.pinyin import initials, sort_key
from apps.scope.paths import ROOT

BATCH = 2_000


def check_enterprises(reading: Reading, _context: Any) -> DryRun:
    """What the workbook would add and rename; writes nothing."""
    outcome = DryRun()
    rows = list(reading)
    wanted = [uscc.normalized(row["uscc"]) for row in rows]
    known = Enterprise.objects.in_bulk(wanted, field_name="uscc")
    names = [row["name"] for row in rows]
    by_name = codes_by_name(names, zip(wanted, names, strict=True))
    for row, code in zip(rows, wanted, strict=True):
        enterprise = known.get(code)
        if not is_sound(outcome, row, _problems(row, code, enterprise, by_name)):
            continue
        if row.values.get("verified"):
            outcome.verified.add(code)
        if enterprise is None:
            enterprise = Enterprise.named(code, row["name"])
            enterprise.address = row.values.get("address") or ""
            outcome.new.append(enterprise)
        elif _change(outcome, row, enterprise):
            outcome.changed.append(enterprise)
        else:
            outcome.unchanged.append(enterprise)
    return outcome


def _change(outcome: DryRun, row: Row, enterprise: Enterprise) -> bool:
    """Whether the row says something new; an empty address says nothing."""
    before = (enterprise.name, enterprise.address)
    will = (row["name"], row.values.get("address") or enterprise.address)
    if before == will:
        return False
    for key, was, new in zip(("name", "address"), before, will, strict=True):
        outcome.change(row, key, was, new)
    enterprise.name, enterprise.address = will
    enterprise.pinyin, enterprise.sort_key = initials(row["name"]), sort_key(row["name"])
    return True


def _problems(
    row: Row, code: str, enterprise: Enterprise | None, by_name: ByName
) -> Iterator[Problem]:
    if problem := uscc.shape_problem(code):
        yield row.problem("uscc", problem)
    elif not row.values.get("verified") and "name" not in row.broken:
        registered = enterprise.name if enterprise else ""
        asked = doubts_about(
            code, row["name"], registered=registered, by_name=by_name, tick=IN_COLUMN
        )
        yield from (row.problem(key, sentence) for key, sentence in asked)


@transaction.atomic
def save_enterprises(outcome: DryRun, *, by: Author) -> list[Enterprise]:
    """Write what `check_enterprises` planned; returns the new ones. Raises `UnitRefused`."""
    require_right(by, or_staff=True)
    Enterprise.objects.bulk_create(outcome.new, batch_size=BATCH)
    Enterprise.objects.bulk_update(
        outcome.changed, ["name", "pinyin", "sort_key", "address"], batch_size=BATCH
    )
    said = outcome.verified
    added = (_entry("新增企业", enterprise, said) for enterprise in outcome.new)
    renamed = (_entry("修改企业", enterprise, said) for enterprise in outcome.changed)
    record_many(by=by, entries=[*added, *renamed])
    return list(outcome.new)


def _entry(verb: str, enterprise: Enterprise, verified: set[str]) -> Entry:
    said = LOGGED if enterprise.uscc in verified else ""
    sentence = f"{verb} {enterprise.name}（{enterprise.uscc}）{said}。"
    return Entry(
        verb, f"{enterprise.name} {enterprise.uscc}"[:200], sentence, ROOT, "", enterprise.pk
    )
