"""Adds up the children of bureaus: institutions by their lines, bureaus by what was added up for them.

Every statement is bound to named bureaus that the caller has read within the scope, whose children are all done. The
same four statements make the frozen totals and the summary of work in progress; a `Family` says from which tables, of
which children and whether statuses are told apart.

Bits stand for institutions in the order of paths: those of a child in one block, zeros where it has none.

Where many rows meet many the join is a FULL one, though every row finds its partner: the server hashes or sorts both
sides of it, and never compares each with each, whatever it takes their numbers for in a database that nobody analysed.
Below work in progress people go on typing, and each statement sees what was committed before it began: what an earlier
one of the four did not know yet finds no partner and is left to the next look. `HAVING COUNT(…)` says so, since a plain
condition would make the join a one-sided one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.reporting.domain.lines.sql import AMOUNT, BASELINE, PRICED_THEN
from apps.scope.database import rows, run

_FACETS = ("place", "grade", "ownership", "kind")
_STANDING = ("status", "counts")
REPORTED = "('submitted', 'approved')"
TOTALS = """
    SELECT i.item_code, t.quantity, t.previous, bit_count(t.members)
    FROM reporting_demandtotal t JOIN projects_catalogitem i ON i.id = t.item_id
    WHERE t.filing_id = %(filing)s AND (t.quantity > 0 OR t.previous > 0) ORDER BY i.item_code
"""


@dataclass(frozen=True)
class Family:
    """Tables of one shape; `counted` is the condition on a child `c`."""

    reporters: str
    totals: str
    shares: str
    counted: str
    has_status: bool
    facets: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facets", (*_FACETS, *(_STANDING if self.has_status else ())))

    def listed(self, alias: str = "") -> str:
        """The columns that make a group."""
        return ", ".join(f"{alias}{name}" for name in self.facets)

    def joined(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{name} = {other}.{name}" for name in self.facets)

    @property
    def adds(self) -> str:
        """Whether a group `g` counts in the totals of items."""
        return "g.counts" if self.has_status else "TRUE"

    def climbed(self, alias: str) -> list[str]:
        """The columns of a group of a bureau `b` as they go into the bureau above: its places stay below."""
        changed = {"place": "''::text", "counts": f"({alias}.counts AND b.holds)"}
        return [changed.get(name, f"{alias}.{name}") for name in self.facets]


FROZEN = Family(
    "reporting_demandreporters",
    "reporting_demandtotal",
    "reporting_demandgrouptotal",
    counted="c.status = 'approved'",
    has_status=False,
)
PROGRESS = Family(
    "reporting_progressreporters",
    "reporting_progresstotal",
    "reporting_progressgrouptotal",
    counted="c.status <> 'excluded'",
    has_status=True,
)


def groups(family: Family) -> str:
    """Who there is: a row for each group of institutions, with their bits."""
    return f"""
    WITH {_own(family)}, {_bureaus(family)},
    part AS MATERIALIZED (
        SELECT filing_id, path, {family.listed()}, 1 AS institutions, '1' AS members, lines, explained,
            odd, grave, bought_amount
        FROM own
        UNION ALL
        SELECT b.filing_id, b.path, {", ".join(family.climbed("g"))}, SUM(g.institutions)::int, bit_or(g.members)::text,
            SUM(g.lines), SUM(g.explained), {_whole("g.odd")}, {_whole("g.grave")}, {_whole("g.bought_amount")}
        FROM bureau b JOIN {family.reporters} g ON g.filing_id = b.id
        GROUP BY b.filing_id, b.path, {", ".join(family.climbed("g"))}
    ),
    size AS (SELECT filing_id, path, SUM(institutions)::int AS number FROM part GROUP BY filing_id, path),
    alike AS (
        SELECT filing_id, {family.listed()}, SUM(institutions) AS institutions, SUM(lines) AS lines,
            SUM(explained) AS explained, {_whole("odd")} AS odd, {_whole("grave")} AS grave,
            {_whole("bought_amount")} AS bought_amount
        FROM part GROUP BY filing_id, {family.listed()}
    )
    INSERT INTO {family.reporters} (filing_id, {family.listed()}, institutions, lines, explained, odd, grave,
        bought_amount, members)
    SELECT alike.filing_id, {family.listed("alike.")}, alike.institutions, alike.lines, alike.explained, alike.odd,
        alike.grave, alike.bought_amount,
        string_agg(COALESCE(part.members, repeat('0', size.number)), '' ORDER BY size.path)::varbit
    FROM alike JOIN size ON size.filing_id = alike.filing_id
    FULL JOIN part ON part.filing_id = size.filing_id AND part.path = size.path
        AND {family.joined("part", "alike")}
    GROUP BY alike.filing_id, {family.listed("alike.")}, alike.institutions, alike.lines, alike.explained,
        alike.odd, alike.grave, alike.bought_amount
    """  # noqa: S608 - no value in it


def shares(family: Family) -> str:
    """How much each group wants of each item."""
    return f"""
    WITH {_own(family)}, {_bureaus(family)},
    typed AS (
        SELECT own.filing_id, {family.listed("own.")}, l.item_id, l.planned, {BASELINE} AS bought,
            {AMOUNT} AS amount
        FROM own JOIN review_filing f ON f.id = own.id
        JOIN projects_project p ON p.id = f.project_id
        JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
        JOIN projects_catalogitem i ON i.id = l.item_id
        {PRICED_THEN.replace("r.revision", "own.revision")}
    )
    INSERT INTO {family.shares} (group_id, item_id, quantity, previous, amount)
    SELECT g.id, typed.item_id, SUM(typed.planned), SUM(typed.bought), SUM(typed.amount)
    FROM typed FULL JOIN (
        SELECT * FROM {family.reporters} WHERE filing_id = ANY(%(filings)s)
    ) AS g ON g.filing_id = typed.filing_id AND {family.joined("g", "typed")}
    GROUP BY g.id, typed.item_id
    HAVING COUNT(g.id) > 0 AND (SUM(typed.planned) > 0 OR SUM(typed.bought) > 0)
    UNION ALL
    SELECT g.id, s.item_id, SUM(s.quantity), SUM(s.previous), SUM(s.amount)
    FROM bureau b JOIN {family.reporters} below ON below.filing_id = b.id
    JOIN {family.reporters} g ON g.filing_id = b.filing_id
        AND ({family.listed("g.")}) = ({", ".join(family.climbed("below"))})
    JOIN {family.shares} s ON s.group_id = below.id
    GROUP BY g.id, s.item_id
    """  # noqa: S608 - no value in it


def totals(family: Family) -> str:
    """How much all of them want of each item, and which of them want any."""
    return f"""
    WITH {_own(family)}, {_bureaus(family)},
    size AS (
        SELECT filing_id, path, 1 AS number FROM own
        UNION ALL
        SELECT b.filing_id, b.path, SUM(g.institutions)::int
        FROM bureau b JOIN {family.reporters} g ON g.filing_id = b.id GROUP BY b.filing_id, b.path
    ),
    wanted AS (
        SELECT own.filing_id, own.path, l.item_id, '1' AS members
        FROM own JOIN reporting_demandline l ON l.filing_id = own.id AND l.planned > 0
        UNION ALL
        SELECT b.filing_id, b.path, t.item_id, t.members::text
        FROM bureau b JOIN {family.totals} t ON t.filing_id = b.id
    ),
    added AS (
        SELECT g.filing_id, s.item_id,
            COALESCE(SUM(s.quantity) FILTER (WHERE {family.adds}), 0) AS quantity,
            COALESCE(SUM(s.previous) FILTER (WHERE {family.adds}), 0) AS previous,
            SUM(CASE WHEN {family.adds} THEN s.amount ELSE 0 * s.amount END) AS amount
        FROM {family.reporters} g JOIN {family.shares} s ON s.group_id = g.id
        WHERE g.filing_id = ANY(%(filings)s) GROUP BY g.filing_id, s.item_id
    )
    INSERT INTO {family.totals} (filing_id, item_id, quantity, previous, amount, members)
    SELECT added.filing_id, added.item_id, added.quantity, added.previous, added.amount,
        string_agg(COALESCE(wanted.members, repeat('0', size.number)), '' ORDER BY size.path)::varbit
    FROM added JOIN size ON size.filing_id = added.filing_id
    FULL JOIN wanted ON wanted.filing_id = size.filing_id AND wanted.path = size.path
        AND wanted.item_id = added.item_id
    GROUP BY added.filing_id, added.item_id, added.quantity, added.previous, added.amount
    HAVING COUNT(added.filing_id) > 0
    """  # noqa: S608 - no value in it


def sums(family: Family) -> str:
    """All items of each group together."""
    return f"""
    UPDATE {family.reporters} AS summed SET quantity = found.quantity, previous = found.previous, amount = found.amount
    FROM (
        SELECT g.id, COALESCE(SUM(s.quantity), 0) AS quantity, COALESCE(SUM(s.previous), 0) AS previous,
            SUM(s.amount) AS amount
        FROM {family.reporters} g
        LEFT JOIN {family.shares} s ON s.group_id = g.id
        WHERE g.filing_id = ANY(%(filings)s) GROUP BY g.id
    ) AS found
    WHERE summed.id = found.id
    """  # noqa: S608 - no value in it


def forgetting(family: Family) -> tuple[str, ...]:
    """Takes all of it away again."""
    which = "filing_id = ANY(%(filings)s)"
    groups_of = f"SELECT id FROM {family.reporters} WHERE {which}"  # noqa: S608 - no value in it
    return (
        f"DELETE FROM {family.shares} WHERE group_id IN ({groups_of})",  # noqa: S608 - no value in it
        f"DELETE FROM {family.totals} WHERE {which}",  # noqa: S608 - no value in it
        f"DELETE FROM {family.reporters} WHERE {which}",  # noqa: S608 - no value in it
    )


def climb(family: Family) -> tuple[str, ...]:
    """In the order in which they run."""
    return groups(family), shares(family), totals(family), sums(family)


def _whole(column: str) -> str:
    """The sum, or NULL as soon as one part is not known."""
    return f"CASE WHEN COUNT(*) = COUNT({column}) THEN SUM({column}) END"


def _own(family: Family) -> str:
    """Institutions right below, as what they were when they reported, or as what they are."""
    status = f"c.status, c.status IN {REPORTED} AS counts," if family.has_status else ""
    return f"""own AS MATERIALIZED (
        SELECT c.id, c.parent_id AS filing_id, c.path, {status} COALESCE(r.place, above.code) AS place,
            COALESCE(r.grade, unit.grade) AS grade, COALESCE(r.ownership, unit.ownership) AS ownership,
            COALESCE(r.kind, unit.kind) AS kind, COALESCE(r.lines, 0) AS lines,
            COALESCE(r.explained, 0) AS explained, r.odd, r.grave, r.bought_amount, r.revision
        FROM review_filing c
        JOIN organizations_organization unit ON unit.id = c.organization_id
        JOIN organizations_organization above ON above.id = unit.parent_id
        LEFT JOIN LATERAL (
            SELECT * FROM reporting_demandreport kept
            WHERE kept.filing_id = c.id AND kept.place <> '' AND c.status IN {REPORTED}
            ORDER BY kept.number DESC LIMIT 1
        ) AS r ON TRUE
        WHERE c.parent_id = ANY(%(filings)s) AND c.tier = 'institution' AND {family.counted}
    )"""  # noqa: S608 - no value in it


def _bureaus(family: Family) -> str:
    """Bureaus right below. Work in progress climbs from all; what a submitted package left out is not held."""
    counted = "TRUE" if family.has_status else family.counted
    return f"""bureau AS MATERIALIZED (
        SELECT c.id, c.parent_id AS filing_id, c.path,
            p.status NOT IN {REPORTED} OR c.status IN {REPORTED} AS holds
        FROM review_filing c JOIN review_filing p ON p.id = c.parent_id
        WHERE c.parent_id = ANY(%(filings)s) AND c.tier <> 'institution' AND {counted}
    )"""  # noqa: S608 - no value in it


class Total(NamedTuple):
    """What a package wants of one item: quantities in smallest units."""

    item_code: str
    quantity: int
    previous: int
    institutions: int


def add_up(family: Family, filings: Sequence[int]) -> None:
    """The four statements of a family for bureaus whose children are done."""
    _run_all(climb(family), {"filings": list(filings)})


def forget(family: Family, filings: Sequence[int]) -> None:
    """Three statements."""
    _run_all(forgetting(family), {"filings": list(filings)})


def totals_of(filing: int) -> list[Total]:
    """Of one package, in the order of item codes; items of which nothing counts are absent."""
    return [Total(*row) for row in rows(TOTALS, {"filing": filing})]


def _run_all(statements: Sequence[str], values: Mapping[str, Any]) -> None:
    for statement in statements:
        run(statement, values)
