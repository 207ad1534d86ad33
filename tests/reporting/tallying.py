"""Totals counted by hand, institution by institution, for comparison with what the statements say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.rollup import Answer, Dimension, Measures
from apps.reporting.models import DemandLine, PurchaseHistory
from apps.review.models import Filing

GOODS = (Dimension.VARIETY, Dimension.ITEM, Dimension.MANUFACTURER, Dimension.PRODUCT_GROUP)


@dataclass(frozen=True)
class Line:
    """One item of one institution that counts, with its key by every dimension."""

    institution: int
    keys: Mapping[Dimension, str]
    unit: str
    quantity: int
    bought: int
    amount: Decimal


def tallied(project: Project, filings: Iterable[Filing]) -> list[Line]:
    """Every line of these institutions' filings."""
    units = {unit.pk: unit for unit in Organization.objects.select_related("parent__parent")}
    by_path = {unit.path: unit for unit in units.values()}
    items = list(CatalogItem.objects.filter(project=project))
    lines = {(line.filing_id, line.item_id): line.planned for line in DemandLine.objects.all()}
    bought: dict[tuple[int, int], int] = {}
    for row in PurchaseHistory.objects.filter(project=project, year__in=project.baseline_years):
        key = (row.organization_id, row.item_id)
        bought[key] = bought.get(key, 0) + row.quantity
    found = []
    for filing in filings:
        own = _keys(units[filing.organization_id], by_path) | {Dimension.STATUS: filing.status}
        for item in items:
            planned = lines.get((filing.pk, item.pk))
            if planned is None:
                continue
            goods = (item.variety, item.item_code, item.manufacturer_name, item.product_group)
            fen = Fraction(item.reference_price) * 100 * planned / item.pack_quantity
            found.append(
                Line(
                    filing.pk,
                    own | dict(zip(GOODS, goods, strict=True)),
                    item.unit,
                    planned,
                    bought.get((filing.organization_id, item.pk), 0),
                    Decimal(floor(fen + Fraction(1, 2))).scaleb(-2),
                )
            )
    return found


def _keys(unit: Organization, by_path: Mapping[str, Organization]) -> dict[Dimension, str]:
    place = unit.parent
    assert place is not None
    parts = place.path.strip("/").split("/")
    above = [by_path["/" + "/".join(parts[: depth + 1]) + "/"] for depth in range(len(parts))]
    cities = [each.code for each in above if each.tier == "city"]
    counties = [each.code for each in above if each.level == "county"]
    return {
        Dimension.PROVINCE: parts[1],
        Dimension.CITY: (cities or [place.code])[-1],
        Dimension.COUNTY: (counties or [place.code])[-1],
        Dimension.GRADE: unit.grade or "-",
        Dimension.OWNERSHIP: unit.ownership or "-",
        Dimension.KIND: unit.kind or "-",
    }


def measured(
    lines: Iterable[Line], project: Project, goods: Iterable[Dimension | None]
) -> Measures:
    """The figures of some lines. Where `goods` name a dimension of goods, who wants nothing doesn't count."""
    lines = list(lines)
    narrow = any(each in GOODS for each in goods)
    who = {line.institution for line in lines if line.quantity or not narrow}
    one_unit = len({line.unit for line in lines if line.quantity or line.bought}) <= 1
    bought, years = sum(line.bought for line in lines), len(project.baseline_years)
    mean = (Decimal(bought) / years).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Measures(
        sum(line.quantity for line in lines) if one_unit else None,
        int(mean) if one_unit else None,
        sum((line.amount for line in lines), Decimal(0)),
        len(who),
        bought if one_unit else None,
    )


def assert_tallies(
    answer: Answer,
    lines: list[Line],
    project: Project,
    rows: Dimension,
    columns: Dimension | None,
    *,
    narrowed: bool = False,
) -> None:
    """Every cell, row, column and the whole, to the unit; nothing missing, nothing beside."""
    filtered = Dimension.ITEM if narrowed else None

    def key(line: Line, dimension: Dimension | None) -> str:
        return line.keys[dimension] if dimension else ""

    def same(found: Mapping, groups: Mapping, goods: tuple[Dimension | None, ...]) -> None:
        due = {name: measured(group, project, goods) for name, group in groups.items()}
        due = {name: each for name, each in due.items() if _something(each)}
        kept = {name: each for name, each in found.items() if _something(each)}
        assert kept.keys() == due.keys()
        for name, each in due.items():
            assert _plain(kept[name]) == _plain(each), (rows, columns, name)

    by_cell: dict = {}
    by_row: dict = {}
    by_column: dict = {}
    for line in lines:
        by_cell.setdefault((key(line, rows), key(line, columns)), []).append(line)
        by_row.setdefault(key(line, rows), []).append(line)
        by_column.setdefault(key(line, columns), []).append(line)
    same(answer.cells, by_cell, (rows, columns, filtered))
    same(answer.row_totals, by_row, (rows, filtered))
    same(answer.column_totals, by_column, (columns, filtered))
    same({"": answer.total}, {"": lines}, (filtered,))
    assert {header.key for header in answer.rows} >= {row for row, _ in answer.cells}
    assert {header.key for header in answer.columns} >= {column for _, column in answer.cells}


def _something(each: Measures) -> bool:
    return bool(each.institutions or each.quantity or each.bought or each.amount)


def _plain(each: Measures) -> tuple[object, ...]:
    return (each.quantity, each.previous, each.amount or Decimal(0), each.institutions, each.bought)
