"""What institutions reported: kept at each report, put back, read again; packages of bureaus counted.

Invariant: every statement is bound to named filings that the caller has read within the scope.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.reporting.domain.oddities.sql import BESIDE, COUNTED, judged
from apps.scope.database import naming, planned_run, rows, run

LAST = """
    last AS (
        SELECT DISTINCT ON (r.filing_id, (e->>0)::bigint) r.filing_id, (e->>0)::bigint AS item_id,
            (e->>1)::bigint AS planned, e->>2 AS reason, e->>3 AS explanation, e->>4 AS pack_mark,
            (e->>5)::bigint AS baseline
        FROM reporting_demandreport r CROSS JOIN LATERAL jsonb_array_elements(r.changes) AS e
        WHERE r.filing_id = ANY(%(filings)s)
        ORDER BY r.filing_id, (e->>0)::bigint, r.number DESC
    )
"""
ENTRY = "jsonb_build_array(c.item_id, c.planned, c.reason, c.explanation, c.pack_mark, c.total) AS entry"


def _if_demand(value: str) -> str:
    """Where history is collected there is nothing to compare with."""
    return f"CASE WHEN p.kind = 'demand' THEN {value} END"


KEEP = f"""
    WITH known AS (
        SELECT r.filing_id, jsonb_object_agg(e->>0, e ORDER BY r.number) AS lines
        FROM reporting_demandreport r CROSS JOIN LATERAL jsonb_array_elements(r.changes) AS e
        WHERE r.filing_id = ANY(%(filings)s) GROUP BY r.filing_id
    )
    INSERT INTO reporting_demandreport
        (filing_id, path, number, at, place, grade, ownership, kind, changes, reason, lines, wanted, explained, amount,
        odd, grave, oddest, bought_amount, changed, revision)
    SELECT f.id, f.path, f.version, now(), above.code, unit.grade, unit.ownership, unit.kind,
        COALESCE(sums.changes, '[]'), COALESCE(r.text, ''), sums.lines, sums.wanted, sums.explained, sums.amount,
        {_if_demand("sums.odd")}, {_if_demand("sums.grave")}, {_if_demand("sums.oddest")},
        {_if_demand("sums.bought_amount")},
        CASE WHEN known.filing_id IS NOT NULL THEN jsonb_array_length(COALESCE(sums.changes, '[]')) END,
        (SELECT COALESCE(MAX(made.number), 0) FROM projects_correction made WHERE made.project_id = p.id)
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    JOIN organizations_organization unit ON unit.id = f.organization_id
    JOIN organizations_organization above ON above.id = unit.parent_id
    LEFT JOIN known ON known.filing_id = f.id
    LEFT JOIN reporting_reportreason r ON r.filing_id = f.id
    {BESIDE}
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(c.entry ORDER BY c.item_id)
                FILTER (WHERE known.lines->c.item_id::text IS DISTINCT FROM c.entry) AS changes,
            COUNT(*) AS lines, COUNT(*) FILTER (WHERE c.planned > 0) AS wanted,
            COUNT(*) FILTER (WHERE c.explained) AS explained, SUM(c.amount) AS amount, {COUNTED}
        FROM ({judged(ENTRY)}) AS c
    ) AS sums
    WHERE f.id = ANY(%(filings)s)
"""  # noqa: S608 - no value in it
FORGET_LATER = f"""
    WITH {LAST}
    DELETE FROM reporting_demandline l USING (SELECT DISTINCT filing_id FROM last) AS reported
    WHERE l.filing_id = reported.filing_id
        AND NOT EXISTS (SELECT 1 FROM last WHERE last.filing_id = l.filing_id AND last.item_id = l.item_id)
"""  # noqa: S608 - no value in it
"""What the catalogue did not have yet when it was reported last."""
PUT_BACK = f"""
    WITH {LAST}
    INSERT INTO reporting_demandline (filing_id, item_id, path, planned, reason, explanation, pack_mark,
        is_saved, to_correct, version, updated_at)
    SELECT f.id, last.item_id, f.path, last.planned, last.reason, last.explanation, last.pack_mark,
        TRUE, FALSE, 1, now()
    FROM last JOIN review_filing f ON f.id = last.filing_id
    ON CONFLICT (filing_id, item_id) DO UPDATE SET planned = EXCLUDED.planned, reason = EXCLUDED.reason,
        explanation = EXCLUDED.explanation, pack_mark = EXCLUDED.pack_mark, is_saved = TRUE,
        to_correct = FALSE, version = reporting_demandline.version + 1, updated_at = now()
"""  # noqa: S608 - no value in it
FORGET_REASONS = "DELETE FROM reporting_reportreason WHERE filing_id = ANY(%(filings)s)"
PUT_BACK_REASONS = """
    INSERT INTO reporting_reportreason (filing_id, path, text)
    SELECT DISTINCT ON (filing_id) filing_id, path, reason FROM reporting_demandreport
    WHERE filing_id = ANY(%(filings)s) AND reason <> '' AND number = (
        SELECT MAX(latest.number) FROM reporting_demandreport latest
        WHERE latest.filing_id = reporting_demandreport.filing_id)
    ORDER BY filing_id
"""
BEFORE = """
    SELECT DISTINCT ON ((e->>0)::bigint) (e->>0)::bigint, (e->>1)::bigint, e->>2, e->>3, (e->>5)::bigint
    FROM reporting_demandreport r CROSS JOIN LATERAL jsonb_array_elements(r.changes) AS e
    WHERE r.filing_id = %(filing)s AND r.number <= %(number)s
    ORDER BY (e->>0)::bigint, r.number DESC
"""
REPORTED = """
    SELECT DISTINCT ON (filing_id) filing_id, lines, wanted, explained, amount
    FROM reporting_demandreport WHERE filing_id = ANY(%(filings)s) ORDER BY filing_id, number DESC
"""
# Of a package that was submitted its totals; of one at work what its approved children hold.
PACKAGES = """
    WITH held AS (
        SELECT b.id AS root, b.id FROM review_filing b
        WHERE b.id = ANY(%(filings)s) AND b.status IN ('submitted', 'approved')
        UNION ALL
        SELECT b.id, c.id FROM review_filing b
        JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
        WHERE b.id = ANY(%(filings)s) AND b.status NOT IN ('submitted', 'approved')
    ), counted AS (
        SELECT held.root, g.institutions, g.lines, 0 AS wanted, g.explained, g.amount
        FROM held JOIN reporting_demandreporters g ON g.filing_id = held.id
        UNION ALL
        SELECT held.root, 0, 0, bit_count(t.members), 0, NULL
        FROM held JOIN reporting_demandtotal t ON t.filing_id = held.id
        UNION ALL
        SELECT held.root, 1, r.lines, r.wanted, r.explained, r.amount
        FROM held JOIN review_filing f ON f.id = held.id AND f.tier = 'institution'
        CROSS JOIN LATERAL (
            SELECT lines, wanted, explained, amount FROM reporting_demandreport
            WHERE filing_id = f.id ORDER BY number DESC LIMIT 1
        ) AS r
    )
    SELECT root, SUM(institutions), SUM(lines), SUM(wanted), SUM(explained), SUM(amount) FROM counted GROUP BY root
"""


class Line(NamedTuple):
    """One line as it was reported; `baseline` is the sum over the baseline years."""

    item: int
    planned: int | None
    reason: str
    explanation: str
    baseline: int


class Held(NamedTuple):
    """What the last report of a filing holds; `amount` in yuan and fen, `None` without reference prices."""

    filing: int
    lines: int
    wanted: int
    explained: int
    amount: Decimal | None


class Package(NamedTuple):
    """The same of a bureau's filing, with the number of institutions that it is of."""

    filing: int
    institutions: int
    lines: int
    wanted: int
    explained: int
    amount: Decimal | None


def keep(filings: Sequence[int]) -> None:
    planned_run(*naming(KEEP, filings))


def put_back(filings: Sequence[int]) -> None:
    """Lines and reasons as they were last reported; four statements."""
    values = {"filings": list(filings)}
    run(FORGET_LATER, values)
    run(PUT_BACK, values)
    run(FORGET_REASONS, values)
    run(PUT_BACK_REASONS, values)


def lines_until(filing: int, number: int) -> list[Line]:
    """The lines as they stood in the report `number`."""
    return [Line(*row) for row in rows(BEFORE, {"filing": filing, "number": number})]


def last_of(filings: Sequence[int]) -> list[Held]:
    return [Held(*row) for row in rows(REPORTED, {"filings": list(filings)})]


def packages(filings: Sequence[int]) -> list[Package]:
    return [Package(*row) for row in rows(PACKAGES, {"filings": list(filings)})]
