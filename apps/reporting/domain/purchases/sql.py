"""Writing purchase history, whatever its size: one COPY and one upsert, or one statement.

Invariant: every statement is bound to one project, which the caller has locked or publishes.
"""

from collections.abc import Iterable

from apps.scope.database import run, staged

Quantity = tuple[int, int, int, str, int]
"""Institution, item, year, the institution's path, quantity in smallest units."""
TAKE_HISTORY = """
    WITH approved AS (
        SELECT part.organization_id, own.id AS item_id, part.path, SUM(l.planned)::bigint AS planned
        FROM review_filing f
        JOIN organizations_organization unit ON unit.id = f.organization_id
        JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
        JOIN projects_catalogitem theirs ON theirs.id = l.item_id
        JOIN projects_catalogitem own
            ON own.project_id = %(project)s AND own.item_code = theirs.item_code
            AND %(code)s IN ('', own.item_code)
        JOIN projects_participation part ON part.project_id = %(project)s
            AND part.organization_id = COALESCE(unit.merged_into_id, f.organization_id)
        WHERE f.project_id = %(source)s AND f.tier = 'institution' AND f.status = 'approved'
        GROUP BY part.organization_id, own.id, part.path
    ), standing AS (
        SELECT own.organization_id FROM review_filing own
        JOIN review_filing held
            ON held.project_id = own.project_id AND held.path = ANY(review_lineage(own.path))
        WHERE own.project_id = %(project)s AND own.tier = 'institution'
            AND held.status IN ('submitted', 'approved')
    )
    INSERT INTO reporting_purchasehistory AS h
        (project_id, organization_id, item_id, year, path, quantity)
    SELECT %(project)s, organization_id, item_id, %(year)s, path, planned FROM approved
    WHERE organization_id NOT IN (SELECT organization_id FROM standing)
    ON CONFLICT (project_id, organization_id, item_id, year)
        DO UPDATE SET quantity = EXCLUDED.quantity WHERE h.quantity <> EXCLUDED.quantity
"""
"""Of participants only, with what merged into them; who has reported keeps the baseline that it reported against."""
STAGE = """
    CREATE TEMP TABLE staged_purchases (
        organization_id bigint, item_id bigint, year smallint, path varchar(200), quantity bigint
    ) ON COMMIT DROP
"""
COPY = "COPY staged_purchases (organization_id, item_id, year, path, quantity) FROM STDIN"
UPSERT = """
    INSERT INTO reporting_purchasehistory (project_id, organization_id, item_id, year, path, quantity)
    SELECT %(project)s, organization_id, item_id, year, path, quantity FROM staged_purchases
    ON CONFLICT (project_id, organization_id, item_id, year)
        DO UPDATE SET quantity = EXCLUDED.quantity, path = EXCLUDED.path
"""


def take_history(*, project: int, source: int, year: int, code: str = "") -> int:
    """The approved lines of the history project become the baseline; returns how many are new or different.

    `code`: of this item alone.
    """
    values = {"project": project, "source": source, "year": year, "code": code}
    return run(TAKE_HISTORY, values)


def put_purchases(project: int, quantities: Iterable[Quantity]) -> int:
    """Insert or replace; returns how many were written. `quantities` may come lazily, but must not query."""
    with staged(STAGE, COPY, quantities):
        return run(UPSERT, {"project": project})
