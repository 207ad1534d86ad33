"""The statement that reads figures and counts institutions, in pieces that are the same for each family of tables.

Invariant: everything is bound to bureaus of a plan, which starts from a filing that was read within the scope.

Three ways in, the narrowest that answers: items without facets from the totals, facets without items from the groups,
both from the groups' items. Institutions are counted by their bits, so that nobody counts twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from apps.reporting.domain.rollup.asked import BY_PLACE, COLUMNS, BoundQuestion, Found
from apps.reporting.domain.rollup.places import Sources
from apps.reporting.domain.rollup.question import Dimension
from apps.reporting.domain.totals.sql import PROGRESS, Family, add_up, forget
from apps.scope.database import quick_rows, rows, run


def array(values: Iterable[int]) -> str:
    """As PostgreSQL writes an array: much faster than the driver does."""
    return "{" + ",".join(map(str, values)) + "}"


def keyed(name: str) -> str:
    return f"""unnest(%({name}_items)s::bigint[], %({name}_keys)s::int[], %({name}_units)s::int[])
        AS keyed (item_id, key, unit)"""


class Part:
    """What is read of one family. `_who` are the groups that count, each with the number of its place."""

    def __init__(self, asked: BoundQuestion, family: Family, sources: Sources) -> None:
        self.asked, self.family, self.sources = asked, family, sources
        self.name = "working" if family.has_status else "frozen"
        self.from_totals = asked.has_goods and not asked.has_facets and bool(sources.wholes)
        self.has_groups = bool(sources.own or sources.opened)

    @property
    def values(self) -> dict[str, Any]:
        sources = self.sources
        near = [*sources.own, *sources.opened]
        return {
            f"{self.name}_wholes": array(sources.wholes),
            f"{self.name}_numbers": array(sources.wholes.values()),
            f"{self.name}_own": array(sources.own),
            f"{self.name}_own_numbers": array(sources.own.values()),
            f"{self.name}_opened": array(sources.opened),
            f"{self.name}_all": array(near if self.from_totals else sources.filings),
        }

    def _named(self, text: str) -> str:
        """`text` with the names of this family's tables and values in it."""
        names = {"@totals": "totals", "@shares": "shares", "@groups": "reporters", "@adds": "adds"}
        for mark, name in names.items():
            text = text.replace(mark, getattr(self.family, name))
        return text.replace("@which", self._which).replace("@", f"{self.name}_")

    @property
    def _which(self) -> str:
        """The items that count, where not all do."""
        return "AND item_id = ANY(%(which)s::bigint[])" if self.asked.goods.is_narrowed else ""

    @property
    def steps(self) -> list[str]:
        row, column = (
            f"g.{COLUMNS[facet]}" if facet else "''::text" for facet in self.asked.facets
        )
        kept = f"""g.id, g.filing_id, {row} AS row_facet, {column} AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM @groups g"""
        only = self._only
        sources = [
            f"""SELECT asked.number, '' AS place, {kept}
            JOIN unnest(%(@wholes)s::bigint[], %(@numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE {only}""",
            f"""SELECT asked.number, '' AS place, {kept}
            JOIN unnest(%(@own)s::bigint[], %(@own_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.place <> '' AND {only}""",
            f"""SELECT {BY_PLACE} AS number, g.place, {kept}
            WHERE g.filing_id = ANY(%(@opened)s::bigint[]) AND g.place <> '' AND {only}""",
        ]
        wanted = (not self.from_totals, bool(self.sources.own), bool(self.sources.opened))
        read = [text for text, is_wanted in zip(sources, wanted, strict=True) if is_wanted]
        if not read:
            return []
        spot = f", {_SPOT} AS spot" if self.asked.has_goods else ""
        text = f"@who AS MATERIALIZED (SELECT *{spot} FROM ({' UNION ALL '.join(read)}) AS counted)"  # noqa: S608 - no value in it
        return (
            [self._named(text), self._named(_SPOTS)]
            if self.asked.has_goods
            else [self._named(text)]
        )

    @property
    def _only(self) -> str:
        """Without a status in the question, whoever has reported."""
        asked = self.asked
        conditions = [
            f"g.{COLUMNS[facet]} = ANY(%(only_{COLUMNS[facet]})s)" for facet in asked.filters
        ]
        if self.family.has_status and Dimension.STATUS not in {*asked.facets, *asked.filters}:
            conditions.append(self.family.adds)
        return " AND ".join(conditions) or "TRUE"

    @property
    def selects(self) -> list[str]:
        asked = self.asked
        if not asked.has_goods:
            return [self._named(_GROUPS)]
        parts = []
        if self.from_totals:
            parts.append(self._totals())
            if not asked.goods.is_narrowed:
                parts.append(self._named(_EVERYBODY_OF_WHOLES.replace("@only", self._only)))
        if self.has_groups or not self.from_totals:
            parts += [self._shares(), self._named(_WANTING.replace("@keyed", keyed("all")))]
            if not asked.goods.is_narrowed:
                parts.append(self._named(_EVERYBODY))
        return parts

    def _summed(self) -> str:
        """Units of a key, as far as it doesn't tell them itself, and its amount.

        Only the summary's totals hold items of which nothing counts.
        """
        some = "FILTER (WHERE s.quantity > 0 OR s.previous > 0)" if self.family.has_status else ""
        units = f"MIN(unit) {some}, MAX(unit) {some}"
        return f"{'NULL::int, NULL::int' if self.asked.has_one_unit else units}, SUM(s.amount)"

    def _totals(self) -> str:
        counted = "bit_or(s.members)" + (" & counted.bits" if self.family.has_status else "")
        who = _COUNTED if self.family.has_status else ""
        text = (
            _TOTALS.replace("@counting", who)
            .replace("@counted", counted)
            .replace("@summed", self._summed())
        )
        return self._named(text.replace("@keyed", keyed("all")))

    def _shares(self) -> str:
        text = _SHARES.replace("@summed", self._summed())
        return self._named(text.replace("@keyed", keyed("cell")))


_GROUPS = """
    SELECT number, place, row_facet, column_facet, 0, SUM(quantity)::bigint, SUM(previous)::bigint,
        NULL::int, NULL::int, SUM(amount) * 100, SUM(institutions)::bigint
    FROM @who GROUP BY number, place, row_facet, column_facet
"""
# Goods are added up by the number of a spot, a place with its facets: three texts would take most of the time.
_SPOT = """
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
"""
_SPOTS = """
    @spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM @who GROUP BY spot, number, place, row_facet, column_facet
    )
"""
_EVERYBODY = """
    SELECT number, place, row_facet, column_facet, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, institutions
    FROM @spots
"""
_EVERYBODY_OF_WHOLES = """
    SELECT asked.number, ''::text, ''::text, ''::text, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, SUM(g.institutions)::bigint
    FROM unnest(%(@wholes)s::bigint[], %(@numbers)s::int[]) AS asked (filing_id, number)
    JOIN @groups g ON g.filing_id = asked.filing_id WHERE @only GROUP BY asked.number
"""
_COUNTED = """
    CROSS JOIN LATERAL (
        SELECT bit_or(g.members) AS bits FROM @groups g WHERE g.filing_id = asked.filing_id AND @adds
    ) AS counted
"""
# `OFFSET 0` lets the planner probe one stretch of a table after the other, whatever it believes of its statistics;
# a join of some hundred stretches would read an index of millions of rows from end to end.
_TOTALS = """
    SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(@wholes)s::bigint[], %(@numbers)s::int[]) AS asked (filing_id, number)
    @counting
    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, @summed, bit_count(@counted)
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM @totals
            WHERE filing_id = asked.filing_id @which OFFSET 0
        ) AS s
        JOIN @keyed ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
"""
_SHARES = """
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, @summed
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM @who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM @shares WHERE group_id = who.id @which OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN @keyed ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN @spots USING (spot)
"""
_WANTING = """
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM @who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(@all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM @totals WHERE filing_id = wanted.filing_id @which OFFSET 0
            ) AS t
            JOIN @keyed ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN @spots USING (spot)
"""


def figures(parts: Sequence[Part]) -> str:
    """The statement of a whole question; its rows are `Found`."""
    return _joined(parts, [column for part in parts for column in part.selects])


def found(parts: Sequence[Part], values: Mapping[str, Any]) -> list[Found]:
    """One statement; the rows are left as they come, for there are many."""
    return cast("list[Found]", quick_rows(figures(parts), values))


def facets(parts: Sequence[Part]) -> set[str]:
    """What there is of the facet of the rows."""
    selects = [f"SELECT DISTINCT row_facet FROM {part.name}_who" for part in parts]  # noqa: S608 - no value in it
    values = {name: value for part in parts for name, value in part.values.items()}
    return {row[0] for row in quick_rows(_joined(parts, selects), values)}


def places(opened: Sequence[tuple[Family, Sequence[int]]]) -> set[str]:
    """Codes of the places that institutions right below these bureaus stand under."""
    statement = " UNION ".join(
        f"SELECT place FROM {family.reporters} WHERE filing_id = ANY(%({family.reporters})s::bigint[]) AND place <> ''"  # noqa: S608 - no value in it
        for family, _ in opened
    )
    values = {family.reporters: array(filings) for family, filings in opened}
    return {row[0] for row in quick_rows(statement, values)}


def _joined(parts: Sequence[Part], selects: Sequence[str]) -> str:
    steps = [step for part in parts for step in part.steps]
    first = f"WITH {', '.join(steps)} " if steps else ""
    return first + " UNION ALL ".join(selects)


STANDS = """
    SELECT b.id, b.parent_id, b.path, p.as_of, b.version + COALESCE(below.versions, 0),
        p.versions IS DISTINCT FROM b.version + COALESCE(below.versions, 0)
    FROM review_filing b
    LEFT JOIN reporting_demandprogress p ON p.filing_id = b.id
    LEFT JOIN (
        SELECT c.parent_id, SUM(c.version + 1)::bigint AS versions FROM review_filing c
        WHERE c.parent_id = ANY(%(filings)s) GROUP BY c.parent_id
    ) AS below ON below.parent_id = b.id
    WHERE b.id = ANY(%(filings)s)
"""
# What was typed before the last look may have been committed after it.
TYPED = """
    SELECT DISTINCT c.parent_id FROM review_filing c JOIN reporting_demandprogress p ON p.filing_id = c.parent_id
    WHERE c.parent_id = ANY(%(filings)s) AND c.tier = 'institution' AND c.status IN ('draft', 'returned')
        AND EXISTS (
            SELECT 1 FROM reporting_demandline l
            WHERE l.filing_id = c.id AND l.updated_at > p.as_of - INTERVAL '1 minute'
        )
"""
# First of all: who refreshes the same bureaus meanwhile waits here.
MARK = """
    INSERT INTO reporting_demandprogress (filing_id, as_of, versions)
    SELECT marked.id, %(at)s, marked.versions
    FROM unnest(%(filings)s::bigint[], %(versions)s::bigint[]) AS marked (id, versions) ORDER BY marked.id
    ON CONFLICT (filing_id) DO UPDATE SET as_of = EXCLUDED.as_of, versions = EXCLUDED.versions
"""


class Stand(NamedTuple):
    """A bureau and how old its summary is; `moved` where a status below it, or its own, changed since."""

    pk: int
    parent: int | None
    path: str
    as_of: datetime | None
    versions: int
    moved: bool


def stands(bureaus: Sequence[int]) -> list[Stand]:
    return [Stand(*row) for row in rows(STANDS, {"filings": list(bureaus)})]


def typed_since(bureaus: Sequence[int]) -> set[int]:
    """Those below which something was typed since their summary was made."""
    return {pk for (pk,) in rows(TYPED, {"filings": list(bureaus)})}


def sum_up(bureaus: Sequence[Stand], *, at: datetime) -> None:
    """Make the summaries anew; none of the bureaus stands below another. Eight statements."""
    filings = [stand.pk for stand in bureaus]
    versions = [stand.versions for stand in bureaus]
    run(MARK, {"filings": filings, "versions": versions, "at": at})
    forget(PROGRESS, filings)
    add_up(PROGRESS, filings)
