"""What institutions typed, line by line: compared with the baseline, added up, fingerprinted.

Invariant: every statement is bound to named filings that the caller has read within the scope. The comparison with the
baseline is the rule of `rates`, for many filings at once; a property test holds both together.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.projects.domain.money import amount_sql
from apps.scope.database import Ask, naming, rows, send

AMOUNT_NOW = amount_sql("l.planned", "i.reference_price", "i.pack_quantity")
"""Of a line `l` of an item `i`, yuan and fen; NULL without a price."""
PRICED_THEN = """
    LEFT JOIN projects_itemterms was ON was.item_id = l.item_id AND was.since <= r.revision AND r.revision < was.until
"""
"""What the item of a line `l` said when its filing was reported, if it was corrected since; `r` is that report."""
AMOUNT = amount_sql(
    "l.planned",
    "CASE WHEN was.id IS NULL THEN i.reference_price ELSE was.reference_price END",
    "COALESCE(was.pack_quantity, i.pack_quantity)",
)
"""The same at the price and the pack that it was reported at; with `PRICED_THEN` beside."""
REVISION = """
    SELECT kept.revision FROM reporting_demandreport kept
    WHERE kept.filing_id = f.id AND f.status IN ('submitted', 'approved') ORDER BY kept.number DESC LIMIT 1
"""
"""Of a filing `f` that was reported the corrections that it knew; work in progress goes by what holds now."""
BASELINE = """(
    SELECT COALESCE(SUM(h.quantity), 0)::bigint FROM reporting_purchasehistory h
    WHERE p.kind = 'demand' AND h.project_id = f.project_id AND h.organization_id = f.organization_id
        AND h.item_id = l.item_id AND h.year + 0 = ANY(p.baseline_years)
)"""
"""The sum over the baseline years for the line `l` of the filing `f` in the project `p`; 0 where history is collected.

A probe of the primary key for each line: a join is estimated at one row and then runs in a square. `+ 0` keeps the
years out of the probe: as a list of unknown length they make it look dearer than all institutions' rows of the item.
"""
BOUGHT = """
    SELECT jsonb_object_agg(own.item_id, own.total) FILTER (WHERE own.total > 0) AS totals
    FROM (
        SELECT h.item_id, SUM(h.quantity)::bigint AS total FROM reporting_purchasehistory h
        WHERE p.kind = 'demand' AND h.project_id = f.project_id AND h.organization_id = f.organization_id
            AND h.year + 0 = ANY(p.baseline_years)
        GROUP BY h.item_id
    ) AS own
"""
"""The same of all items of the filing `f` at once, NULL where nothing was bought at all: to be joined as `bought`.

Where every line of a filing asks, one range of the history's key is read instead of a probe for each.
"""
TOTAL = "COALESCE((bought.totals->>l.item_id::text)::bigint, 0)"
"""`BASELINE` of the line `l`, out of `BOUGHT`."""
EXPLAINED = "(l.reason NOT IN ('', 'other') OR l.explanation <> '')"
"""A cause from the list, or a text."""


def is_due(planned: str, total: str) -> str:
    """Whether the project `p` asks for an explanation of `planned` against the sum `total` (0: 新增)."""
    years = "cardinality(p.baseline_years)"
    return f"""(
        ({total} = 0 AND {planned} > 0)
        OR ({total} > 0 AND p.explanation_direction IN ('decrease', 'both')
            AND {planned}::numeric * {years} < (1 - p.explanation_threshold) * {total})
        OR ({total} > 0 AND p.explanation_direction IN ('increase', 'both')
            AND {planned}::numeric * {years} > (1 + p.explanation_threshold) * {total})
    )"""


OPEN_WORK = f"""
    SELECT f.id, p.explanation_scope,
        (SELECT COUNT(*) FROM projects_catalogitem i WHERE i.project_id = p.id AND (NOT i.is_withdrawn OR EXISTS (
            SELECT 1 FROM reporting_demandline held
            WHERE held.filing_id = f.id AND held.item_id = i.id AND held.planned IS NOT NULL
        ))) - sums.answered AS blank,
        sums.unexplained, sums.planned, sums.bought
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    CROSS JOIN LATERAL ({BOUGHT}) AS bought
    CROSS JOIN LATERAL (
        SELECT COUNT(c.planned) AS answered,
            COUNT(*) FILTER (
                WHERE p.explanation_scope = 'line' AND p.kind = 'demand' AND NOT c.explained
                    AND {is_due("c.planned", "c.total")}
            ) AS unexplained,
            COALESCE(SUM(c.planned), 0)::bigint AS planned, COALESCE(SUM(c.total), 0)::bigint AS bought
        FROM (
            SELECT l.planned, {EXPLAINED} AS explained, {TOTAL} AS total
            FROM reporting_demandline l WHERE l.filing_id = f.id
            OFFSET 0
        ) AS c
    ) AS sums
    WHERE f.id = ANY(%(filings)s)
"""  # noqa: S608 - no value in it
OWN_OPEN_WORK = OPEN_WORK.replace(
    "f.id = ANY(%(filings)s)", "f.organization_id = %(unit)s AND p.code = %(code)s"
)
OPEN_REASONS = f"""
    SELECT sums.filing_id
    FROM unnest(%(filings)s::bigint[], %(planned)s::bigint[], %(bought)s::bigint[])
        AS sums (filing_id, planned, bought)
    JOIN review_filing f ON f.id = sums.filing_id
    JOIN projects_project p ON p.id = f.project_id AND p.explanation_scope = 'total' AND p.kind = 'demand'
    WHERE {is_due("sums.planned", "sums.bought")}
        AND NOT EXISTS (SELECT 1 FROM reporting_reportreason r WHERE r.filing_id = f.id)
"""  # noqa: S608 - no value in it
FINGERPRINTS = """
    SELECT f.id, encode(sha256(convert_to(
        f.project_id || '/' || f.organization_id || ':'
            || COALESCE(string_agg(l.item_id || '=' || l.planned, ',' ORDER BY l.item_id), ''),
        'UTF8')), 'hex')
    FROM review_filing f
    LEFT JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
    WHERE f.id = ANY(%(filings)s)
    GROUP BY f.id
"""
AS_TYPED = f"""
    SELECT l.filing_id, COUNT(*) FILTER (WHERE l.planned IS NOT NULL), COUNT(*) FILTER (WHERE l.planned > 0),
        COUNT(*) FILTER (WHERE l.reason <> '' OR l.explanation <> ''),
        SUM({AMOUNT_NOW})
    FROM reporting_demandline l JOIN projects_catalogitem i ON i.id = l.item_id
    WHERE l.filing_id = ANY(%(filings)s) GROUP BY l.filing_id
"""  # noqa: S608 - no value in it


class Open(NamedTuple):
    """What a filing lacks: rows without a quantity or an explanation; what its lines add up to."""

    filing: int
    explanation_scope: str
    blank: int
    unexplained: int
    planned: int
    bought: int


class Typed(NamedTuple):
    """Counts of a filing's lines; `amount` in yuan and fen, `None` without reference prices."""

    filing: int
    lines: int
    wanted: int
    explained: int
    amount: Decimal | None


class OpenAsk(Ask[list[Open]]):
    """What filings lack, to be asked together with other things."""

    @classmethod
    def of(cls, filings: Sequence[int]) -> "OpenAsk":
        return cls(*naming(OPEN_WORK, filings))

    @classmethod
    def own(cls, unit: int, code: str) -> "OpenAsk":
        """Of a unit's filing in the project of this code."""
        return cls(OWN_OPEN_WORK, {"unit": unit, "code": code})

    def read(self, cursor: Any) -> list[Open]:
        return [Open(*row) for row in cursor.fetchall()]


def open_work(filings: Sequence[int]) -> list[Open]:
    ask = OpenAsk.of(filings)
    send(ask)
    return ask.answer


def without_reason(sums: Sequence[Open]) -> set[int]:
    """The filings whose total calls for a reason that nobody has given."""
    values = {
        "filings": [row.filing for row in sums],
        "planned": [row.planned for row in sums],
        "bought": [row.bought for row in sums],
    }
    return {pk for (pk,) in rows(OPEN_REASONS, values)}


def fingerprints(filings: Sequence[int]) -> dict[int, str]:
    """By filing, SHA-256 in hex over unit, project, items and quantities."""
    return dict(rows(FINGERPRINTS, {"filings": list(filings)}))


def typed(filings: Sequence[int]) -> list[Typed]:
    return [Typed(*row) for row in rows(AS_TYPED, {"filings": list(filings)})]
