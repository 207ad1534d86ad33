"""Reads figures and counts of institutions from both families of tables at once."""

from collections.abc import Sequence
from typing import Any

from apps.reporting.domain.rollup.asked import COLUMNS, Asked, Found
from apps.reporting.domain.rollup.goods import Axes, Goods
from apps.reporting.domain.rollup.parts import Part, array
from apps.reporting.domain.rollup.places import Plan, Sources
from apps.reporting.domain.rollup.question import Dimension
from apps.reporting.domain.totals.climbing import FROZEN, PROGRESS, Family
from apps.scope.planning import quick_rows


def families(plan: Plan) -> list[tuple[Family, Sources]]:
    """Those that there is something to read from."""
    pairs = ((FROZEN, plan.frozen), (PROGRESS, plan.working))
    return [(family, sources) for family, sources in pairs if sources.filings]


def found(asked: Asked, plan: Plan) -> list[Found]:
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
    statement = _joined(parts, [each for part in parts for each in part.selects])
    return quick_rows(statement, values)  # type: ignore[return-value] # rows of `Found`, left as they come


def known_facets(dimension: Dimension, plan: Plan) -> set[str]:
    """What there is of a facet."""
    asked = Asked(Axes(dimension), {}, Goods([]))
    parts = [Part(asked, family, sources) for family, sources in families(plan)]
    if not parts:
        return set()
    selects = [f"SELECT DISTINCT row_facet FROM {part.name}_who" for part in parts]  # noqa: S608 - no value in it
    values = {name: value for part in parts for name, value in part.values.items()}
    return {row[0] for row in quick_rows(_joined(parts, selects), values)}


def known_places(plan: Plan) -> set[str]:
    """Codes of the places that institutions right below the opened bureaus stand under."""
    opened = [(family, sources.opened) for family, sources in families(plan) if sources.opened]
    statement = " UNION ".join(
        f"SELECT place FROM {family.reporters} WHERE filing_id = ANY(%({family.reporters})s::bigint[]) AND place <> ''"  # noqa: S608 - no value in it
        for family, _ in opened
    )
    values = {family.reporters: array(filings) for family, filings in opened}
    return {row[0] for row in quick_rows(statement, values)} if opened else set()


def _items(name: str, asked: Asked, most: int) -> dict[str, Any]:
    """Pairs of items and the numbers of their keys, the first `most` of these."""
    grouped = [*asked.cells.values(), *asked.unions.values()][:most]
    pairs = [(item, number) for number, items in enumerate(grouped) for item in items]
    return {
        f"{name}_items": array(item.pk for item, _ in pairs),
        f"{name}_keys": array(number for _, number in pairs),
        f"{name}_units": array(item.unit for item, _ in pairs),
    }


def _joined(parts: Sequence[Part], selects: Sequence[str]) -> str:
    steps = [step for part in parts for step in part.steps]
    first = f"WITH {', '.join(steps)} " if steps else ""
    return first + " UNION ALL ".join(selects)
