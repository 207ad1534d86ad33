"""Enterprises: one per unified social credit code, in the whole country."""

from typing import Any

from django.db import transaction

from apps.audit.services import Author, Entry, record_many
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Reading
from apps.organizations.domain import uscc
from apps.organizations.domain.units import require_right
from apps.organizations.models import Enterprise
from apps.organizations.models.pinyin import initials, sort_key
from apps.scope.paths import ROOT

BATCH = 2_000


def check_enterprises(reading: Reading, _context: Any) -> DryRun:
    """What the workbook would add and rename; writes nothing."""
    outcome = DryRun()
    rows = list(reading.whole_rows)
    wanted = [uscc.normalized(row["uscc"]) for row in rows]
    known = Enterprise.objects.in_bulk(wanted, field_name="uscc")
    for row, code in zip(rows, wanted, strict=True):
        enterprise = known.get(code)
        if problem := uscc.problem_with(code):
            outcome.problems.append(row.problem("uscc", problem))
        elif enterprise is None:
            outcome.new.append(Enterprise.named(code, row["name"]))
        elif enterprise.name != row["name"]:
            outcome.change(row, "name", enterprise.name, row["name"])
            enterprise.name = row["name"]
            enterprise.pinyin, enterprise.sort_key = initials(row["name"]), sort_key(row["name"])
            outcome.changed.append(enterprise)
        else:
            outcome.unchanged.append(enterprise)
    return outcome


@transaction.atomic
def save_enterprises(outcome: DryRun, *, by: Author) -> list[Enterprise]:
    """Write what `check_enterprises` planned; returns the new ones. Raises `UnitRefused`."""
    require_right(by, or_staff=True)
    Enterprise.objects.bulk_create(outcome.new, batch_size=BATCH)
    Enterprise.objects.bulk_update(
        outcome.changed, ["name", "pinyin", "sort_key"], batch_size=BATCH
    )
    added = (_entry("新增企业", enterprise) for enterprise in outcome.new)
    renamed = (_entry("修改企业", enterprise) for enterprise in outcome.changed)
    record_many(by=by, entries=[*added, *renamed])
    return list(outcome.new)


def _entry(verb: str, enterprise: Enterprise) -> Entry:
    sentence = f"{verb} {enterprise.name}（{enterprise.uscc}）。"
    return Entry(
        verb, f"{enterprise.name} {enterprise.uscc}"[:200], sentence, ROOT, "", enterprise.pk
    )
