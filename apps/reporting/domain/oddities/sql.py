"""What is odd in demand filings, by statement: the one definition, for reports, lists and pages alike.

`judged` reads the lines of a filing `f` (of the institution `unit`, in the project `p`, with `BESIDE` beside) and gives
each its kind, 0 where nothing is odd. Every statement is bound to a filing or a project that the caller has read within
the scope. Exact: quantities, baselines and their number of years are multiplied, not divided, wherever something is
decided.
"""

from collections.abc import Sequence
from typing import NamedTuple

from apps.projects.domain.money import amount_sql
from apps.reporting.domain.lines.sql import AMOUNT_NOW, BOUGHT, EXPLAINED, TOTAL
from apps.reporting.domain.oddities.kinds import (
    BEYOND,
    BUYERS,
    DOUBLE,
    FAR,
    GRAVE,
    LEAST,
    PEERS,
    RUN,
    Found,
    Kind,
)
from apps.scope.database import rows, run

_NOW = "(c.planned * c.years)"
"""What is planned for as many years as the baseline adds up."""
_PEERS = """(
    SELECT norm.bought FROM reporting_peernorm norm WHERE norm.item_id = c.item_id AND norm.grade = unit.grade
)"""
"""Looked up only for the few lines that ask."""


def _near(planned: str, slip: str) -> str:
    """Within `BEYOND` tenths of what a slip would have made of the baseline."""
    return f"10 * {planned} BETWEEN {10 - BEYOND} * {slip} AND {10 + BEYOND} * {slip}"


def _times(number: int) -> str:
    """At least so many times the baseline, or at most its so-many-th part."""
    return f"({_NOW} >= {number} * c.total OR {number} * {_NOW} <= c.total)"


_RISEN = f"10 * {_NOW} > {10 + BEYOND} * c.total"
_FALLEN = f"10 * {_NOW} < {10 - BEYOND} * c.total"
_LARGE = f"abs({_NOW} - c.total) >= c.years * GREATEST(c.pack, {LEAST})"
_BOTH = "c.total > 0 AND c.planned > 0"
_SAME = "c.item_id = ANY(runs.items)"
_KIND = f"""CASE
    WHEN c.planned IS NULL THEN 0
    WHEN c.pack_mark = 'suspect' THEN {Kind.PACKS:d}
    WHEN NOT (({_RISEN} OR {_FALLEN}) AND {_LARGE}) THEN CASE WHEN {_SAME} THEN {Kind.RUN:d} ELSE 0 END
    WHEN {_BOTH} AND {_near(_NOW, "(100 * c.total)")} THEN {Kind.HUNDREDFOLD:d}
    WHEN {_BOTH} AND {_near(_NOW, "(10 * c.total)")} THEN {Kind.TENFOLD:d}
    WHEN {_BOTH} AND {_near(f"(100 * {_NOW})", "c.total")} THEN {Kind.HUNDREDTH:d}
    WHEN {_BOTH} AND {_near(f"(10 * {_NOW})", "c.total")} THEN {Kind.TENTH:d}
    WHEN {_RISEN} AND {_NOW} > {PEERS} * {_PEERS} THEN {Kind.PEERS:d}
    WHEN {_BOTH} AND {_times(FAR)} THEN {Kind.FAR:d}
    WHEN {_SAME} THEN {Kind.RUN:d}
    WHEN {_BOTH} AND {_times(DOUBLE)} THEN {Kind.DOUBLE:d}
    WHEN c.total > 0 AND c.planned = 0 THEN {Kind.EMPTIED:d}
    WHEN c.total > 0 THEN {Kind.DEVIATION:d}
    WHEN bought.totals IS NOT NULL AND NOT c.explained THEN {Kind.NEW:d}
    ELSE 0
END"""
_DOWN = "ORDER BY position, item_code"
# Of RUN rows down the sheet the last: all with one quantity above zero, not all with one baseline.
_ENDS = f"""COUNT(*) FILTER (WHERE sheet.like_above) OVER upwards = {RUN - 1}
    AND COUNT(*) FILTER (WHERE sheet.bought_like_above) OVER upwards < {RUN - 1}"""
# Most sheets have no quantity that stands there so often: they are not gone through in their order.
_RUNS = f"""
    SELECT array_agg(runs.item_id) AS items
    FROM (
        SELECT ending.item_id,
            bool_or(ending.ends) OVER ({_DOWN} ROWS BETWEEN CURRENT ROW AND {RUN - 1} FOLLOWING) AS same
        FROM (
            SELECT sheet.*, {_ENDS} AS ends
            FROM (
                SELECT typed.*, typed.planned > 0 AND typed.planned = lag(typed.planned) OVER down AS like_above,
                    typed.total = lag(typed.total) OVER down AS bought_like_above
                FROM (
                    SELECT l.item_id, l.planned, i.position, i.item_code, {TOTAL} AS total
                    FROM reporting_demandline l
                    JOIN projects_catalogitem i ON i.id = l.item_id AND i.project_id = f.project_id
                    WHERE l.filing_id = f.id
                    OFFSET 0
                ) AS typed
                WINDOW down AS ({_DOWN})
            ) AS sheet
            WINDOW upwards AS ({_DOWN} ROWS BETWEEN {RUN - 2} PRECEDING AND CURRENT ROW)
        ) AS ending
    ) AS runs
    WHERE runs.same AND (
        SELECT MAX(often.lines) FROM (
            SELECT COUNT(*) AS lines FROM reporting_demandline l
            WHERE l.filing_id = f.id AND l.planned > 0 GROUP BY l.planned
        ) AS often
    ) >= {RUN}
"""  # noqa: S608 - no value in it
BESIDE = f"""
    CROSS JOIN LATERAL ({BOUGHT}) AS bought
    CROSS JOIN LATERAL ({_RUNS}) AS runs
"""
"""What `judged` asks of the filing as a whole."""


def judged(*more: str) -> str:
    """The lines, each with its `kind`, and with what else is worked out of a line `c`.

    The fences keep what is worked out once from being worked out wherever it is named.
    """
    return f"""
    SELECT {", ".join(("c.*", f"{_KIND} AS kind", *more))} FROM (
        SELECT l.item_id, l.planned, l.reason, l.explanation, l.pack_mark, l.checked, i.position, i.item_code,
            i.pack_quantity AS pack, i.reference_price AS price, {EXPLAINED} AS explained,
            {AMOUNT_NOW} AS amount, {TOTAL} AS total, GREATEST(cardinality(p.baseline_years), 1) AS years
        FROM reporting_demandline l
        JOIN projects_catalogitem i ON i.id = l.item_id AND i.project_id = f.project_id
        WHERE l.filing_id = f.id
        OFFSET 0
    ) AS c
    OFFSET 0
    """  # noqa: S608 - no value in it


_FACTOR = f"""CASE WHEN c.kind = {Kind.PEERS:d} THEN {_NOW}::numeric / {_PEERS}
    WHEN {_BOTH} THEN GREATEST({_NOW}::numeric / c.total, c.total::numeric / {_NOW}) ELSE 0 END"""
WORST_FIRST = f"c.kind / 10 DESC, {_FACTOR} DESC, c.position, c.item_code"
"""The order of odd lines `c`: by weight, then by how many times too much or too little, then down the sheet."""
_NAMED = f"CASE WHEN c.kind = {Kind.PEERS:d} THEN {_PEERS} END"
COUNTED = f"""
    COUNT(*) FILTER (WHERE c.kind > 0) AS odd, COUNT(*) FILTER (WHERE c.kind >= {GRAVE}) AS grave,
    (array_agg(jsonb_build_array(c.item_id, c.kind, c.planned, c.total, {_NAMED}) ORDER BY {WORST_FIRST})
        FILTER (WHERE c.kind > 0))[1] AS oddest,
    SUM({amount_sql("c.total", "c.price", "(c.pack * c.years)")}) AS bought_amount
"""
"""What a report keeps of its lines `c`."""
ODD_LINES = f"""
    SELECT c.item_id, c.kind, c.planned, c.total, c.years, {_NAMED}, COALESCE(c.checked = c.planned, FALSE)
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id AND p.kind = 'demand'
    JOIN organizations_organization unit ON unit.id = f.organization_id
    {BESIDE}
    CROSS JOIN LATERAL ({judged()}) AS c
    WHERE f.id = %(filing)s AND c.kind > 0
    ORDER BY {WORST_FIRST}
"""  # noqa: S608 - no value in it
WORST = """
    SELECT f.id, i.variety, i.unit, (r.oddest->>0)::bigint, (r.oddest->>1)::int, (r.oddest->>2)::bigint,
        (r.oddest->>3)::bigint, GREATEST(cardinality(p.baseline_years), 1), (r.oddest->>4)::bigint
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    CROSS JOIN LATERAL (
        SELECT oddest FROM reporting_demandreport WHERE filing_id = f.id ORDER BY number DESC LIMIT 1
    ) AS r
    JOIN projects_catalogitem i ON i.id = (r.oddest->>0)::bigint
    WHERE f.id = ANY(%(filings)s)
"""
FORGET_NORMS = """
    DELETE FROM reporting_peernorm WHERE item_id IN (
        SELECT id FROM projects_catalogitem WHERE project_id = %(project)s)
"""
NORMS = f"""
    INSERT INTO reporting_peernorm (item_id, grade, bought, buyers)
    SELECT own.item_id, unit.grade, percentile_disc(0.9) WITHIN GROUP (ORDER BY own.bought), COUNT(*)
    FROM (
        SELECT h.organization_id, h.item_id, SUM(h.quantity)::bigint AS bought
        FROM reporting_purchasehistory h JOIN projects_project p ON p.id = h.project_id
        WHERE h.project_id = %(project)s AND h.year = ANY(p.baseline_years)
        GROUP BY h.organization_id, h.item_id HAVING SUM(h.quantity) > 0
    ) AS own
    JOIN organizations_organization unit ON unit.id = own.organization_id
    GROUP BY own.item_id, unit.grade HAVING COUNT(*) >= {BUYERS}
"""  # noqa: S608 - no value in it


class Worst(NamedTuple):
    """The worst line of a filing's last report."""

    filing: int
    variety: str
    unit: str
    found: Found


def worst_of(filings: Sequence[int]) -> list[Worst]:
    """Filings without any are left out; one statement."""
    worst = rows(WORST, {"filings": list(filings)})
    return [
        Worst(filing, variety, unit, Found(item, Kind(kind), *rest))
        for filing, variety, unit, item, kind, *rest in worst
    ]


def odd_lines(filing: int) -> list[Found]:
    """The worst first; one statement."""
    odd = rows(ODD_LINES, {"filing": filing})
    return [Found(item, Kind(kind), *rest) for item, kind, *rest in odd]


def set_norms(project: int) -> None:
    """What peers bought, from all that the project knows now; two statements."""
    run(FORGET_NORMS, {"project": project})
    run(NORMS, {"project": project})
