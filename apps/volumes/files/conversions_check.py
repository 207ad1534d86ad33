"""Uploaded coefficients against the catalogue: what is new, changed, unchanged and wrong.

Invariant: after applying a file, the same file again finds everything unchanged.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.exchange.domain.cross_checks import is_sound, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.folding.domain.folding import folded
from apps.projects.models import CatalogItem, Project
from apps.volumes.domain.guards import BASE_FIXED, is_base_fixed
from apps.volumes.files.columns import CONVERSIONS
from apps.volumes.models import Conversion, ItemRule, UnitRule
from apps.volumes.models.rules import UNIT_FIELDS

WHOLE = 100
NOT_LISTED = "这个品规不在本项目的目录里"
CONVERSION_FIELDS = ("main_id", "coefficient", "is_across_confirmed")
FIELDS: Mapping[type, Sequence[str]] = {
    Conversion: CONVERSION_FIELDS,
    UnitRule: UNIT_FIELDS,
    ItemRule: ("ratio_class",),
}
COLUMN_OF = {"main_id": "main", "is_across_confirmed": "across"}
CHECKED = {"variety": "品种名称", "specification": "规格"}
"""Columns that are there to compare with the catalogue."""


def items_of(project: Project) -> dict[str, CatalogItem]:
    return {item.item_code: item for item in CatalogItem.objects.filter(project=project)}


def check_conversions(reading: Reading, project: Project) -> DryRun:
    """Two statements; what the file leaves out stays as it is."""
    items, outcome = items_of(project), DryRun()
    fixed = BASE_FIXED if is_base_fixed(project) else ""
    rows = Conversion.objects.filter(project=project).select_related("main")
    known = {row.item_id: row for row in rows}
    asked: list[tuple[Row, Conversion]] = []
    for row in spelled(rows_of(reading, CONVERSIONS), item_code=items, main=items):
        item, main = items.get(row["item_code"]), items.get(row["main"] or row["item_code"])
        unknown = row.problem("item_code" if item is None else "main", NOT_LISTED)
        listed = item is not None and main is not None
        if not is_sound(outcome, row, [] if listed else [unknown]) or not (item and main):
            continue
        conversion = Conversion(
            project=project, item=item, main=main, coefficient=row["coefficient"]
        )
        conversion.is_across_confirmed = _confirmed(row, conversion, known.get(item.pk))
        asked.append((row, conversion))
    mains = {pk: row.main_id for pk, row in known.items()} | {
        conversion.item_id: conversion.main_id for _row, conversion in asked
    }
    used = {main for item, main in mains.items() if item != main}
    for row, conversion in asked:
        problems = [
            *misnamed(row, conversion.item),
            *_conversion_problems(row, conversion, mains, used),
            *_across_problems(row, conversion, known.get(conversion.item_id)),
        ]
        outcome.problems += problems
        then = known.get(conversion.item_id)
        if not problems and then is None and conversion.item_id == conversion.main_id:
            outcome.unchanged.append(conversion)
        elif not problems:
            sort(outcome, row, conversion, then, fixed)
    return outcome


def _confirmed(row: Row, conversion: Conversion, known: Conversion | None) -> bool:
    """Confirmed by the file; what it leaves blank stays as it was for the same main specification."""
    if not conversion.is_across:
        return False
    if row["across"] is None and known is not None and known.main_id == conversion.main_id:
        return known.is_across_confirmed
    return bool(row["across"])


def _across_problems(
    row: Row, conversion: Conversion, known: Conversion | None
) -> Iterator[Problem]:
    """Two manufacturers are meant only where somebody says so; what stands and is not touched may stand."""
    item, main = conversion.item, conversion.main
    is_untouched = known is not None and all(
        getattr(known, name) == getattr(conversion, name) for name in CONVERSION_FIELDS
    )
    if conversion.is_across and not conversion.is_across_confirmed and not is_untouched:
        makers = f"{item.manufacturer_name}、{main.manufacturer_name}"
        title = row.sheet.column("across").title
        yield row.problem(
            "across", f"与主规格不是同一生产企业（{makers}）；确要折算请在“{title}”填“是”"
        )


def misnamed(row: Row, item: CatalogItem) -> Iterator[Problem]:
    """The columns that are there for comparing are compared."""
    for key in CHECKED:
        if row[key] and folded(row[key]) != folded(getattr(item, key)):
            yield row.problem(key, f"目录中“{item.item_code}”是“{getattr(item, key)}”")


def _conversion_problems(
    row: Row, conversion: Conversion, mains: Mapping[int, int], used: set[int]
) -> Iterator[Problem]:
    item, main = conversion.item, conversion.main
    if item.pk == main.pk:
        if conversion.coefficient != Decimal(1):
            yield row.problem("coefficient", "主规格自身的折算系数必须是 1")
        return
    if item.pk in used:
        yield row.problem("main", "这个品规是别的品规的主规格，不能再折算到其他品规")
    elif mains.get(main.pk, main.pk) != main.pk:
        yield row.problem("main", f"“{row['main']}”自身已折算到别的品规，不能作主规格")
    if item.variety != main.variety:
        yield row.problem("main", f"品种不同（{item.variety}、{main.variety}），不能折算")
    elif item.competition_unit != main.competition_unit:
        units = f"{item.competition_unit}、{main.competition_unit}"
        yield row.problem("main", f"竞争单元不同（{units}），不能折算")
    elif item.unit != main.unit:
        yield row.problem("main", f"最小制剂单位不同（{item.unit}、{main.unit}），不能折算")


def rows_of(reading: Reading, title: str) -> list[Row]:
    return reading.rows.get(title, [])


def sort(outcome: DryRun, row: Row, now: Any, then: Any, fixed: str) -> None:
    """`fixed`: why nothing may come or change any more; empty where it may."""
    fields = FIELDS[type(now)]
    moved = [name for name in fields if then and getattr(now, name) != getattr(then, name)]
    if fixed and (moved or then is None):
        keys = [COLUMN_OF.get(name, name) for name in moved] or [row.sheet.key[0]]
        outcome.problems += [row.problem(key, fixed) for key in keys]
        return
    if then is None:
        outcome.new.append(now)
        return
    if not moved:
        outcome.unchanged.append(now)
        return
    outcome.changed.append(now)
    for name in moved:
        key = COLUMN_OF.get(name, name)
        outcome.change(row, key, *(_told(terms, name) for terms in (then, now)))


def _told(terms: Any, name: str) -> object:
    return terms.main.item_code if name == "main_id" else getattr(terms, name)
