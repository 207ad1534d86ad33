"""Totals recomputed from the lines, not from one another, and compared with what is kept. Writes temporary tables only.

Invariant: bound to named bureaus that the caller has read within the scope; called within a transaction.
"""

from collections.abc import Sequence

from apps.reporting.domain.lines.sql import AMOUNT, PRICED_THEN
from apps.scope.database import rows, run
from apps.scope.sql import freshen

# Whoever is approved all the way up to the bureau; `is_own` right below it.
MEMBERS = """
    CREATE TEMP TABLE verified_members ON COMMIT DROP AS
    WITH RECURSIVE below (bureau, id, tier, is_own) AS (
        SELECT b.id, c.id, c.tier, TRUE FROM review_filing b
        JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved' WHERE b.id = ANY(%(filings)s)
        UNION ALL
        SELECT below.bureau, c.id, c.tier, FALSE FROM below
        JOIN review_filing c ON c.parent_id = below.id AND c.status = 'approved'
    )
    SELECT below.bureau, f.id AS filing, f.organization_id, f.project_id,
        CASE WHEN below.is_own THEN COALESCE(r.place, above.code) ELSE '' END AS place,
        COALESCE(r.grade, unit.grade) AS grade, COALESCE(r.ownership, unit.ownership) AS ownership,
        COALESCE(r.kind, unit.kind) AS kind, r.revision
    FROM below JOIN review_filing f ON f.id = below.id AND f.tier = 'institution'
    JOIN organizations_organization unit ON unit.id = f.organization_id
    JOIN organizations_organization above ON above.id = unit.parent_id
    LEFT JOIN (
        SELECT DISTINCT ON (filing_id) filing_id, place, grade, ownership, kind, revision FROM reporting_demandreport
        WHERE place <> '' ORDER BY filing_id, number DESC
    ) AS r ON r.filing_id = f.id
"""
LINES = f"""
    CREATE TEMP TABLE verified_lines ON COMMIT DROP AS
    WITH bought AS (
        SELECT h.organization_id, h.item_id, SUM(h.quantity) AS quantity
        FROM reporting_purchasehistory h
        JOIN (SELECT DISTINCT organization_id, project_id FROM verified_members) AS m
            ON m.organization_id = h.organization_id AND m.project_id = h.project_id
        JOIN projects_project p ON p.id = h.project_id AND p.kind = 'demand' AND h.year = ANY(p.baseline_years)
        GROUP BY h.organization_id, h.item_id
    )
    SELECT m.bureau, m.place, m.grade, m.ownership, m.kind, l.item_id, SUM(l.planned) AS quantity,
        SUM(COALESCE(bought.quantity, 0)) AS previous, SUM({AMOUNT}) AS amount,
        COUNT(*) FILTER (WHERE l.planned > 0) AS wanting
    FROM verified_members m
    JOIN reporting_demandline l ON l.filing_id = m.filing AND l.planned IS NOT NULL
    JOIN projects_catalogitem i ON i.id = l.item_id
    {PRICED_THEN.replace("r.revision", "m.revision")}
    LEFT JOIN bought ON bought.organization_id = m.organization_id AND bought.item_id = l.item_id
    GROUP BY m.bureau, m.place, m.grade, m.ownership, m.kind, l.item_id
"""  # noqa: S608 - no value in it
FORGET = "DROP TABLE IF EXISTS verified_lines, verified_members"
_FIRST = """
    SELECT o.name || COALESCE(' ' || i.item_code, '') || ' ' || wrong.what || '：汇总为 ' || wrong.kept
        || '，按明细应为 ' || wrong.due
    FROM wrong JOIN review_filing f ON f.id = wrong.bureau
    JOIN organizations_organization o ON o.id = f.organization_id
    LEFT JOIN projects_catalogitem i ON i.id = wrong.item_id
    ORDER BY f.path, i.item_code, wrong.what LIMIT 1
"""
BY_ITEM = f"""
    WITH due AS (
        SELECT bureau, item_id, SUM(quantity) AS quantity, SUM(previous) AS previous, SUM(wanting) AS wanting,
            SUM(amount) AS amount
        FROM verified_lines GROUP BY bureau, item_id
    ), kept AS (
        SELECT filing_id, item_id, quantity, previous, bit_count(members) AS wanting, amount
        FROM reporting_demandtotal WHERE filing_id = ANY(%(filings)s)
    ), wrong AS (
        SELECT COALESCE(due.bureau, kept.filing_id) AS bureau, COALESCE(due.item_id, kept.item_id) AS item_id,
            '品规' AS what,
            concat_ws('/', COALESCE(kept.quantity, 0), COALESCE(kept.previous, 0), COALESCE(kept.wanting, 0),
                kept.amount) AS kept,
            concat_ws('/', COALESCE(due.quantity, 0), COALESCE(due.previous, 0), COALESCE(due.wanting, 0),
                due.amount) AS due
        FROM due FULL JOIN kept ON kept.filing_id = due.bureau AND kept.item_id = due.item_id
        WHERE (COALESCE(kept.quantity, 0), COALESCE(kept.previous, 0), COALESCE(kept.wanting, 0),
                COALESCE(kept.amount, 0))
            <> (COALESCE(due.quantity, 0), COALESCE(due.previous, 0), COALESCE(due.wanting, 0),
                COALESCE(due.amount, 0))
    ) {_FIRST}
"""  # noqa: S608 - no value in it
BY_GROUP = f"""
    WITH due AS (
        SELECT m.*, COALESCE(l.quantity, 0) AS quantity, COALESCE(l.previous, 0) AS previous, l.amount
        FROM (
            SELECT bureau, place, grade, ownership, kind, COUNT(*) AS institutions
            FROM verified_members GROUP BY bureau, place, grade, ownership, kind
        ) AS m LEFT JOIN (
            SELECT bureau, place, grade, ownership, kind, SUM(quantity) AS quantity, SUM(previous) AS previous,
                SUM(amount) AS amount
            FROM verified_lines
            GROUP BY bureau, place, grade, ownership, kind
        ) AS l USING (bureau, place, grade, ownership, kind)
    ), kept AS (
        SELECT filing_id AS bureau, place, grade, ownership, kind, institutions, quantity, previous, amount,
            bit_count(members) AS members
        FROM reporting_demandreporters WHERE filing_id = ANY(%(filings)s)
    ), wrong AS (
        SELECT bureau, NULL::bigint AS item_id, concat_ws(' ', '机构分组', place, grade, ownership, kind) AS what,
            concat_ws('/', kept.institutions, kept.members, kept.quantity, kept.previous, kept.amount) AS kept,
            concat_ws('/', due.institutions, due.institutions, due.quantity, due.previous, due.amount) AS due
        FROM due FULL JOIN kept USING (bureau, place, grade, ownership, kind)
        WHERE (kept.institutions, kept.members, kept.quantity, kept.previous) IS DISTINCT FROM
            (due.institutions, due.institutions, due.quantity, due.previous)
            OR COALESCE(kept.amount, 0) <> COALESCE(due.amount, 0)
    ) {_FIRST}
"""  # noqa: S608 - no value in it
BY_BOTH = f"""
    WITH due AS (
        SELECT * FROM verified_lines WHERE quantity > 0 OR previous > 0
    ), kept AS (
        SELECT g.filing_id AS bureau, g.place, g.grade, g.ownership, g.kind, s.item_id, s.quantity, s.previous, s.amount
        FROM reporting_demandreporters g JOIN reporting_demandgrouptotal s ON s.group_id = g.id
        WHERE g.filing_id = ANY(%(filings)s)
    ), wrong AS (
        SELECT bureau, item_id, concat_ws(' ', '机构分组', place, grade, ownership, kind) AS what,
            concat_ws('/', COALESCE(kept.quantity, 0), COALESCE(kept.previous, 0), kept.amount) AS kept,
            concat_ws('/', COALESCE(due.quantity, 0), COALESCE(due.previous, 0), due.amount) AS due
        FROM due FULL JOIN kept USING (bureau, place, grade, ownership, kind, item_id)
        WHERE (COALESCE(kept.quantity, 0), COALESCE(kept.previous, 0), COALESCE(kept.amount, 0))
            <> (COALESCE(due.quantity, 0), COALESCE(due.previous, 0), COALESCE(due.amount, 0))
    ) {_FIRST}
"""  # noqa: S608 - no value in it


def first_difference(bureaus: Sequence[int]) -> str | None:
    """A sentence that names bureau, item or group, what is kept and what is due; `None` where all agree."""
    values = {"filings": list(bureaus)}
    run(FORGET, values)
    run(MEMBERS, values)
    freshen("verified_members")
    run(LINES, values)
    freshen("verified_lines")
    for comparison in (BY_ITEM, BY_GROUP, BY_BOTH):
        if differing := rows(comparison, values):
            return str(differing[0][0])
    return None
