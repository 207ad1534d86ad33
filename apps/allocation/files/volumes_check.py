"""Uploaded volumes against the project: what is new, changed, unchanged and wrong. Writes nothing.

Invariant: what is given adds up (K + P = a, L + H + O = P); what is blank is computed from the policies.
"""

from collections.abc import Iterator
from typing import Any

from apps.allocation.domain.volumes.acts import NUMBERS, Volume
from apps.allocation.models import AllocationRow, Given
from apps.exchange.domain.cross_checks import is_sound, measured, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.folding.domain.folding import folded
from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Participation, Project

Known = dict[tuple[int, int], Volume]


def check_volumes(project: Project, reading: Reading) -> DryRun:
    """Compare the rows with what the project holds; four statements."""
    units = _participants(project)
    items = {item.item_code: item for item in CatalogItem.objects.filter(project=project)}
    known = _known(project)
    outcome = DryRun()
    for row in spelled(reading, code=units, item_code=items):
        unit, item = units.get(row["code"]), items.get(row["item_code"])
        if item is None:
            is_sound(outcome, row, _problems(row, unit, None))
            continue
        row, odd = measured(row, pack=item.pack_quantity, unit=item.unit)  # noqa: PLW2901
        problems = [*_problems(row, unit, item), *(odd or _number_problems(row))]
        if is_sound(outcome, row, problems) and unit:
            _place(outcome, known, _volume(row, unit, item.pk), row)
    return outcome


def _participants(project: Project) -> dict[str, Organization]:
    rows = Participation.objects.filter(project=project).select_related("organization")
    return {row.organization.code: row.organization for row in rows}


def _known(project: Project) -> Known:
    names = ("organization_id", "path", "item_id", "reported", "given", "agreed", *NUMBERS)
    rows = AllocationRow.objects.filter(project=project).values(*names)
    volumes = (
        Volume(**{**row, "given": Given(row["given"])}) for row in rows.iterator(chunk_size=5_000)
    )
    return {(volume.organization_id, volume.item_id): volume for volume in volumes}


def _place(outcome: DryRun, known: Known, volume: Volume, row: Row) -> None:
    now = known.get((volume.organization_id, volume.item_id))
    if now is None:
        outcome.new.append(volume)
    elif (now.given, now.content) != (volume.given, volume.content):
        outcome.changed.append(volume)
        for name in ("reported", "agreed", *NUMBERS):
            outcome.change(row, name, now.cell(name), volume.cell(name))
    else:
        outcome.unchanged.append(volume)


def _problems(row: Row, unit: Organization | None, item: CatalogItem | None) -> Iterator[Problem]:
    if unit is None:
        yield row.problem("code", f"机构“{row['code']}”不在本项目的参加机构中，请先加入")
    elif unit.reports_through_id:
        yield row.problem("code", f"“{unit.name}”由其他机构代报，不单独参加")
    elif row["name"] and folded(row["name"]) != folded(unit.name):
        yield row.problem("name", f"该编码登记的机构是“{unit.name}”")
    if item is None:
        yield row.problem("item_code", f"品规编号“{row['item_code']}”不在本项目的目录里")


def _number_problems(row: Row) -> Iterator[Problem]:
    given = [name for name in NUMBERS if row[name] is not None]
    if not given or row.broken.intersection({*NUMBERS, "agreed"}):
        return
    missing = [row.sheet.column(name).title for name in NUMBERS if row[name] is None]
    if missing:
        titles = "、".join(missing)
        yield row.problem(given[0], f"五列数量要么全部填写，要么全部空着；这一行缺少{titles}")
        return
    agreed = row["kept"] + row["pending"]
    if row["agreed"] is not None and row["agreed"] != agreed:
        yield row.problem("agreed", f"约定采购量应等于确认量加待分配量，即 {agreed:,}")
    slots = row["lowest"] + row["highest"] + row["other"]
    if row["pending"] != slots:
        yield row.problem("pending", f"待分配量应等于三个分配项之和，即 {slots:,}")


def _volume(row: Row, unit: Organization, item: int) -> Volume:
    common: dict[str, Any] = {"organization_id": unit.pk, "path": unit.path, "item_id": item}
    if row["kept"] is not None:
        numbers = {name: row[name] for name in NUMBERS}
        return Volume(
            **common,
            reported=row["reported"],
            given=Given.ALL,
            agreed=row["kept"] + row["pending"],
            **numbers,
        )
    if row["agreed"] is not None:
        return Volume(**common, reported=row["reported"], given=Given.AGREED, agreed=row["agreed"])
    return Volume(**common, reported=row["reported"], given=Given.NOTHING)
