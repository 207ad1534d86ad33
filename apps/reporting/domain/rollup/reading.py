"""Reads figures and counts of institutions from both families of tables at once."""

from typing import Any

from apps.reporting.domain.rollup import sql
from apps.reporting.domain.rollup.asked import COLUMNS, BoundQuestion, Found
from apps.reporting.domain.rollup.goods import Axes, Goods
from apps.reporting.domain.rollup.places import Plan, Sources
from apps.reporting.domain.rollup.question import Dimension
from apps.reporting.domain.rollup.sql import Part, array
from apps.reporting.domain.totals.sql import FROZEN, PROGRESS, Family


def families(plan: Plan) -> list[tuple[Family, Sources]]:
    """Those that there is something to read from."""
    pairs = ((FROZEN, plan.frozen), (PROGRESS, plan.working))
    return [(family, sources) for family, sources in pairs if sources.filings]


def found(asked: BoundQuestion, plan: Plan) -> list[Found]:
    """Everything that the question needs; one statement."""
    parts = [Part(asked, family, sources) for family, sources in families(plan)]
    if not parts or (asked.goods.is_narrowed and not asked.goods.items):
        return []
    values = _items("cell", asked, len(asked.cells)) | _items("all", asked, len(asked.keys))
    values["which"] = array(item.pk for item in asked.goods.items)
    for facet, keys in asked.filters.items():
        values[f"only_{COLUMNS[facet]}"] = list(keys)
    for part in parts:
        values |= part.values
    return sql.found(parts, values)


def known_facets(dimension: Dimension, plan: Plan) -> set[str]:
    """What there is of a facet."""
    asked = BoundQuestion(Axes(dimension), {}, Goods([]))
    parts = [Part(asked, family, sources) for family, sources in families(plan)]
    return sql.facets(parts) if parts else set()


def known_places(plan: Plan) -> set[str]:
    """Codes of the places that institutions right below the opened bureaus stand under."""
    opened = [(family, sources.opened) for family, sources in families(plan) if sources.opened]
    return sql.places(opened) if opened else set()


def _items(name: str, asked: BoundQuestion, most: int) -> dict[str, Any]:
    """Pairs of items and the numbers of their keys, the first `most` of these."""
    grouped = [*asked.cells.values(), *asked.unions.values()][:most]
    pairs = [(item, number) for number, items in enumerate(grouped) for item in items]
    return {
        f"{name}_items": array(item.pk for item, _ in pairs),
        f"{name}_keys": array(number for _, number in pairs),
        f"{name}_units": array(item.unit for item, _ in pairs),
    }
