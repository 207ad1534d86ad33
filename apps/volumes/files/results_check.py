"""Uploaded winning results against the catalogue: what is new, changed, unchanged and wrong."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from apps.exchange.domain.cross_checks import is_sound, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.projects.files.winners_check import WinnersCheck
from apps.projects.models import CatalogItem, Project
from apps.volumes.domain.guards import RESULTS_FIXED, are_results_fixed
from apps.volumes.files.columns import CLASSES, RESULTS, UNITS
from apps.volumes.files.conversions_check import (
    NOT_LISTED,
    WHOLE,
    items_of,
    misnamed,
    rows_of,
    sort,
)
from apps.volumes.models import ItemRule, RatioClass, UnitRule
from apps.volumes.models.rules import LINEAR


def check_results(reading: Reading, project: Project) -> DryRun:
    """Winning results, rules of competition units, classes of items; a constant number of statements."""
    items, outcome = items_of(project), DryRun()
    packs = {code: item.pack_quantity for code, item in items.items()}
    fixed = RESULTS_FIXED if are_results_fixed(project) else ""
    WinnersCheck(project, outcome, items.keys(), packs, fixed).run(rows_of(reading, RESULTS))
    _check_units(reading, project, items, outcome, fixed)
    classes = {row.item_id: row for row in ItemRule.objects.filter(project=project)}
    for row in spelled(rows_of(reading, CLASSES), item_code=items):
        item = items.get(row["item_code"])
        unknown = row.problem("item_code", NOT_LISTED)
        if not is_sound(outcome, row, misnamed(row, item) if item else [unknown]) or item is None:
            continue
        own = ItemRule(project=project, item=item, ratio_class=row["ratio_class"])
        then = classes.get(item.pk)
        if then is None and not row["ratio_class"]:
            outcome.unchanged.append(own)
        else:
            sort(outcome, row, own, then, fixed)
    return outcome


def _check_units(
    reading: Reading,
    project: Project,
    items: Mapping[str, CatalogItem],
    outcome: DryRun,
    fixed: str,
) -> None:
    units = {row.competition_unit: row for row in UnitRule.objects.filter(project=project)}
    names = {item.competition_unit for item in items.values()}
    for row in spelled(rows_of(reading, UNITS), competition_unit=names):
        then = units.get(row["competition_unit"])
        linear = {name: row.or_kept(name, getattr(then, name, None)) for name in LINEAR}
        problems = list(_linear_problems(row, linear))
        if row["competition_unit"] not in names:
            problems.append(row.problem("competition_unit", "目录里没有这个竞争单元"))
        if not is_sound(outcome, row, problems):
            continue
        rule = UnitRule(
            project=project,
            competition_unit=row["competition_unit"],
            rule=row["rule"],
            ratio_class=row["ratio_class"] or RatioClass.NORMAL,
            winners=row["winners"],
            sharing=row.or_kept("sharing", getattr(then, "sharing", "")),
            **linear,
        )
        sort(outcome, row, rule, then, fixed)


def _linear_problems(row: Row, linear: Mapping[str, Decimal | None]) -> Iterator[Problem]:
    """`linear`: the five figures as they would stand after the import."""
    if row.broken.intersection(LINEAR):
        return
    given = [name for name, value in linear.items() if value is not None]
    missing = [row.sheet.column(name).title for name, value in linear.items() if value is None]
    if not given:
        return
    if missing:
        titles = "、".join(missing)
        yield row.problem(given[0], f"按降幅计算的五列要么全部填写，要么全部空着；缺少{titles}")
        return
    minimum, maximum, base, transfer, step = (Decimal(linear[name] or 0) for name in LINEAR)
    if minimum > maximum:
        yield row.problem("linear_maximum", "封顶降幅不能低于最低降幅")
    elif base + transfer > WHOLE or transfer < (maximum - minimum) * step:
        yield row.problem(
            "linear_transfer", "封顶降幅时调剂量会低于 0，或基础量与调剂量之和超过百分之百"
        )
