"""Uploaded coefficients and winning results against the catalogue: what is new, changed, unchanged and wrong.

Invariant: after applying a file, the same file again finds everything unchanged.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.exchange.dry_run import DryRun
from apps.exchange.readings import Reading, Row
from apps.projects.models import CatalogItem, Project

from .columns import RESULTS, UNITS
from .models import Conversion, RatioClass, UnitRule, WinningResult

NOT_LISTED = "这个品规不在本项目的目录里"


def _items(project: Project) -> dict[str, CatalogItem]:
    return {item.item_code: item for item in CatalogItem.objects.filter(project=project)}


def check_conversions(reading: Reading, project: Project) -> DryRun:
    """Four statements; what the file leaves out stays as it is."""
    items, outcome = _items(project), DryRun()
    known = {row.item_id: row for row in Conversion.objects.filter(project=project)}
    asked: list[tuple[Row, Conversion]] = []
    for row in reading.whole_rows:
        item, main = items.get(row["item_code"]), items.get(row["main"] or row["item_code"])
        if item is None or main is None:
            key = "item_code" if item is None else "main"
            outcome.problems.append(row.problem(key, NOT_LISTED))
            continue
        asked.append(
            (row, Conversion(project=project, item=item, main=main, coefficient=row["coefficient"]))
        )
    mains = {pk: row.main_id for pk, row in known.items()} | {
        each.item_id: each.main_id for _row, each in asked
    }
    used = {main for item, main in mains.items() if item != main}
    for row, each in asked:
        problem = _conversion_problem(row, each, mains, used)
        if problem:
            outcome.problems.append(row.problem(*problem))
            continue
        _sort(outcome, each, known.get(each.item_id), ("main_id", "coefficient"))
    return outcome


def _conversion_problem(
    row: Row, each: Conversion, mains: Mapping[int, int], used: set[int]
) -> tuple[str, str] | None:
    if each.item_id == each.main_id:
        return (
            None
            if each.coefficient == Decimal(1)
            else ("coefficient", "主规格自身的折算系数必须是 1")
        )
    if each.item_id in used:
        return "main", "这个品规是别的品规的主规格，不能再折算到其他品规"
    if mains.get(each.main_id, each.main_id) != each.main_id:
        return "main", f"“{row['main']}”自身已折算到别的品规，不能作主规格"
    if each.item.unit != each.main.unit:
        return "main", f"最小制剂单位不同（{each.item.unit}、{each.main.unit}），不能折算"
    return None


def check_results(reading: Reading, project: Project) -> DryRun:
    """Winning results and rules of competition units; four statements."""
    items, outcome = _items(project), DryRun()
    results = {
        (row.item_id, row.enterprise): row for row in WinningResult.objects.filter(project=project)
    }
    for row in _whole(reading, RESULTS):
        item = items.get(row["item_code"])
        if item is None:
            outcome.problems.append(row.problem("item_code", NOT_LISTED))
            continue
        result = WinningResult(
            project=project,
            item=item,
            enterprise=row["enterprise"],
            rank=row["rank"],
            cut=row["cut"],
        )
        _sort(outcome, result, results.get((item.pk, row["enterprise"])), ("rank", "cut"))
    units = {row.competition_unit: row for row in UnitRule.objects.filter(project=project)}
    names = {item.competition_unit for item in items.values()}
    for row in _whole(reading, UNITS):
        if row["competition_unit"] not in names:
            outcome.problems.append(row.problem("competition_unit", "目录里没有这个竞争单元"))
            continue
        rule = UnitRule(
            project=project,
            competition_unit=row["competition_unit"],
            rule=row["rule"],
            ratio_class=row["ratio_class"] or RatioClass.NORMAL,
            winners=row["winners"],
        )
        known = units.get(rule.competition_unit)
        _sort(outcome, rule, known, ("rule", "ratio_class", "winners"))
    return outcome


def _whole(reading: Reading, title: str) -> list[Row]:
    return [row for row in reading.rows.get(title, []) if not row.broken]


def _sort(outcome: DryRun, now: Any, then: Any, fields: tuple[str, ...]) -> None:
    if then is None:
        outcome.new.append(now)
    elif any(getattr(now, name) != getattr(then, name) for name in fields):
        outcome.changed.append(now)
    else:
        outcome.unchanged.append(now)
