"""The statements that read figures and count institutions, from one family of tables.

Three ways in, the narrowest that answers: items without facets from the totals, facets without items from the groups,
both from the groups' items. Institutions are counted by their bits, so that nobody counts twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from apps.reporting.statements import rows
from apps.reporting.totals.climbing import FROZEN, PROGRESS, Family

from .goods import Goods, Key
from .places import Plan, Sources
from .question import Dimension

COLUMNS: Mapping[Dimension, str] = {
    Dimension.GRADE: "grade",
    Dimension.OWNERSHIP: "ownership",
    Dimension.KIND: "kind",
    Dimension.STATUS: "status",
}
MIXED = None
"""The unit of what is counted in several."""


@dataclass(frozen=True)
class Asked:
    """A question as the statements see it: facets of rows and columns, filters on facets, keys of each item."""

    facets: tuple[Dimension | None, Dimension | None]
    filters: Mapping[Dimension, Sequence[str]]
    goods: Goods
    keys: Sequence[Key]
    has_goods: bool

    @property
    def has_facets(self) -> bool:
        return any(self.facets) or bool(self.filters)


class Figure(NamedTuple):
    """Quantities that stand together: by place number, facets and key of goods.

    `unit` is the unit's number, `MIXED` of several; `worth` is yuan times the project's `parts`, in ten-thousandths:
    whole, whatever the price.
    """

    place: int
    facets: tuple[str, str]
    key: Key
    unit: int | None
    quantity: int
    bought: int
    worth: int | None


class Count(NamedTuple):
    """So many institutions want any of what has this key; `key` is `None` for all that reported."""

    place: int
    facets: tuple[str, str]
    key: Key
    number: int


def families(plan: Plan) -> list[tuple[Family, Sources]]:
    """Those that there is something to read from."""
    pairs = ((FROZEN, plan.frozen), (PROGRESS, plan.working))
    return [(family, sources) for family, sources in pairs if sources.filings]


def figures(asked: Asked, plan: Plan) -> Iterator[Figure]:
    """One statement for each family."""
    numbered = list(dict.fromkeys(asked.keys))
    for family, sources in families(plan):
        statement = _goods(asked, family) if asked.has_goods else _groups(asked, family)
        values = _values(asked, plan, sources)
        for place, row, column, number, low, high, quantity, bought, worth in rows(
            statement, values
        ):
            key = numbered[number] if asked.has_goods else (None, None)
            unit = low if low == high else MIXED
            whole = None if worth is None else int(worth)
            yield Figure(place, (row, column), key, unit, quantity, bought, whole)


def counts(asked: Asked, plan: Plan) -> Iterator[Count]:
    """One statement for each family, two where goods are told apart."""
    together = _unions(asked)
    numbered = list(together)
    for family, sources in families(plan):
        values = _values(asked, plan, sources)
        if not asked.goods.is_narrowed:
            for place, row, column, number in rows(_everybody(asked, family), values):
                yield Count(place, (row, column), (None, None), number)
        if numbered:
            values |= _pairs(numbered, together) | {"all_filings": sources.filings}
            for place, row, column, key, number in rows(_wanting(asked, family), values):
                yield Count(place, (row, column), numbered[key], number)


def known_facets(dimension: Dimension, plan: Plan) -> set[str]:
    """What there is of a facet."""
    asked = Asked((dimension, None), {}, Goods([], 1, is_narrowed=False), [], has_goods=False)
    found = set()
    for family, sources in families(plan):
        statement = f"{_who(asked, family)} SELECT DISTINCT row_facet FROM who"  # noqa: S608 - no value in it
        found |= {row[0] for row in rows(statement, _values(asked, plan, sources))}
    return found


def known_places(plan: Plan) -> set[str]:
    """Codes of the places that institutions right below the opened bureaus stand under."""
    found = set()
    for family, sources in families(plan):
        statement = f"SELECT DISTINCT place FROM {family.reporters} WHERE filing_id = ANY(%(opened)s) AND place <> ''"  # noqa: S608 - no value in it
        found |= {row[0] for row in rows(statement, {"opened": sources.opened})}
    return found


def _values(asked: Asked, plan: Plan, sources: Sources) -> dict[str, Any]:
    numbers = {key: place for place, key in enumerate(dict.fromkeys(asked.keys))}
    return {
        "filings": list(sources.wholes),
        "numbers": list(sources.wholes.values()),
        "own": list(sources.own),
        "own_numbers": list(sources.own.values()),
        "opened": sources.opened,
        "places": list(plan.places),
        "place_numbers": list(plan.places.values()),
        "items": [item.pk for item in asked.goods.items],
        "keys": [numbers[key] for key in asked.keys],
        "units": asked.goods.units,
        "number_of_units": max(asked.goods.units, default=1),
        "weights": [item.weight for item in asked.goods.items],
        **{f"only_{COLUMNS[each]}": list(keys) for each, keys in asked.filters.items()},
    }


def _who(asked: Asked, family: Family, *, wholes: bool = True) -> str:
    """The groups that count, each with the number of its place: of whole bureaus, of own institutions, by place."""
    row, column = (f"g.{COLUMNS[facet]}" if facet else "''::text" for facet in asked.facets)
    kept = f"""g.id, g.filing_id, {row} AS row_facet, {column} AS column_facet,
        g.institutions, g.members, g.quantity, g.previous, g.worth
        FROM {family.reporters} g"""
    only = _only(asked, family)
    own = f"""
        SELECT asked.number, {kept}
        JOIN unnest(%(own)s::bigint[], %(own_numbers)s::int[]) AS asked (filing_id, number)
            ON asked.filing_id = g.filing_id
        WHERE g.place <> '' AND {only}
        UNION ALL
        SELECT asked.number, {kept}
        JOIN unnest(%(places)s::text[], %(place_numbers)s::int[]) AS asked (place, number) ON asked.place = g.place
        WHERE g.filing_id = ANY(%(opened)s::bigint[]) AND {only}
    """
    whole = f"""
        SELECT asked.number, {kept}
        JOIN unnest(%(filings)s::bigint[], %(numbers)s::int[]) AS asked (filing_id, number)
            ON asked.filing_id = g.filing_id
        WHERE {only}
        UNION ALL
    """
    return f"WITH who AS MATERIALIZED ({whole if wholes else ''} {own})"


def _only(asked: Asked, family: Family) -> str:
    """Without a status in the question, whoever has reported."""
    conditions = [f"g.{COLUMNS[each]} = ANY(%(only_{COLUMNS[each]})s)" for each in asked.filters]
    if family.has_status and Dimension.STATUS not in {*asked.facets, *asked.filters}:
        conditions.append(family.adds)
    return " AND ".join(conditions) or "TRUE"


_ITEMS = """unnest(%(items)s::bigint[], %(keys)s::int[], %(units)s::int[], %(weights)s::numeric[])
    AS priced (item_id, key, unit, weight)"""
_SUMMED = """key, MIN(unit), MAX(unit), SUM(quantity)::bigint, SUM(previous)::bigint,
    TRUNC(SUM(quantity * weight) * 10000)"""


def _which(asked: Asked) -> str:
    """The items that count, where not all do."""
    return "AND item_id = ANY(%(items)s)" if asked.goods.is_narrowed else ""


def _goods(asked: Asked, family: Family) -> str:
    """By item: whole bureaus from their totals, unless facets are asked for.

    `OFFSET 0` lets the planner probe one stretch of a table after the other, whatever it believes of its statistics;
    a join of some hundred stretches would read an index of millions of rows from end to end.
    """
    from_totals = f"""
        SELECT asked.number, ''::text AS row_facet, ''::text AS column_facet, t.item_id, t.quantity, t.previous
        FROM unnest(%(filings)s::bigint[], %(numbers)s::int[]) AS asked (filing_id, number)
        CROSS JOIN LATERAL (
            SELECT item_id, quantity, previous FROM {family.totals}
            WHERE filing_id = asked.filing_id AND (quantity > 0 OR previous > 0) {_which(asked)} OFFSET 0
        ) AS t
        UNION ALL
    """  # noqa: S608 - no value in it
    return f"""
    {_who(asked, family, wholes=asked.has_facets)}, found AS (
        {"" if asked.has_facets else from_totals}
        SELECT who.number, who.row_facet, who.column_facet, s.item_id, s.quantity, s.previous
        FROM who CROSS JOIN LATERAL (
            SELECT item_id, quantity, previous FROM {family.shares}
            WHERE group_id = who.id {_which(asked)} OFFSET 0
        ) AS s
    )
    SELECT number, row_facet, column_facet, {_SUMMED}
    FROM found JOIN {_ITEMS} ON priced.item_id = found.item_id
    GROUP BY number, row_facet, column_facet, key
    """  # noqa: S608 - no value in it


def _groups(asked: Asked, family: Family) -> str:
    return f"""
    {_who(asked, family)}
    SELECT number, row_facet, column_facet, 0, 1, %(number_of_units)s, SUM(quantity)::bigint, SUM(previous)::bigint,
        TRUNC(SUM(worth) * 10000)
    FROM who GROUP BY number, row_facet, column_facet
    """  # noqa: S608 - no value in it


def _everybody(asked: Asked, family: Family) -> str:
    return f"""
    {_who(asked, family)}
    SELECT number, row_facet, column_facet, SUM(institutions)::bigint FROM who
    GROUP BY number, row_facet, column_facet
    """  # noqa: S608 - no value in it


def _wanting(asked: Asked, family: Family) -> str:
    """Those whose bit is set in any item of a key, among the members of the groups that count."""
    return f"""
    {_who(asked, family)}, members AS (
        SELECT number, row_facet, column_facet, filing_id, bit_or(members) AS bits FROM who
        GROUP BY number, row_facet, column_facet, filing_id
    ), wanting AS (
        SELECT t.filing_id, asked.key, bit_or(t.members) AS bits
        FROM unnest(%(all_filings)s::bigint[]) AS wanted (filing_id)
        CROSS JOIN LATERAL (
            SELECT filing_id, item_id, members FROM {family.totals}
            WHERE filing_id = wanted.filing_id {_which(asked)} OFFSET 0
        ) AS t
        JOIN unnest(%(pair_items)s::bigint[], %(pair_keys)s::int[]) AS asked (item_id, key)
            ON asked.item_id = t.item_id
        GROUP BY t.filing_id, asked.key
    )
    SELECT number, row_facet, column_facet, key, SUM(bit_count(members.bits & wanting.bits))::bigint
    FROM members JOIN wanting ON wanting.filing_id = members.filing_id
    GROUP BY number, row_facet, column_facet, key
    """  # noqa: S608 - no value in it


def _unions(asked: Asked) -> dict[Key, list[int]]:
    """Which items count together: those of a cell, of a whole row or column, and all that a filter leaves."""
    found: dict[Key, list[int]] = {}
    if not asked.has_goods:
        return found
    for item, (row, column) in zip(asked.goods.items, asked.keys, strict=True):
        for key in {(row, column), (row, None), (None, column), (None, None)}:
            found.setdefault(key, []).append(item.pk)
    if not asked.goods.is_narrowed:
        found.pop((None, None), None)
    return found


def _pairs(numbered: Sequence[Key], together: Mapping[Key, Iterable[int]]) -> dict[str, list[int]]:
    pairs = [(item, number) for number, key in enumerate(numbered) for item in together[key]]
    return {"pair_items": [item for item, _ in pairs], "pair_keys": [number for _, number in pairs]}
