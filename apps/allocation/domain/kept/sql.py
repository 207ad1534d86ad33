"""What institutions reported of their slots: kept at each report, put back.

Invariant: bound to named filings that the caller has locked.
"""

from collections.abc import Sequence

from apps.allocation.domain.lines.sql import FORGET_CHOSEN, differences_from, put_back_lines
from apps.scope.database import planned_rows, planned_run

# Whoever reports confirms what it was given instead of a cancelled product.
KEEP = """
    WITH confirmed AS (
        UPDATE allocation_stopshare SET confirmed_at = now()
        WHERE filing_id = ANY(%(filings)s) AND confirmed_at IS NULL
    )
    INSERT INTO allocation_report (filing_id, path, number, at, content)
    SELECT f.id, f.path, f.version, now(), jsonb_build_object(
        'rows', COALESCE((
            SELECT jsonb_agg(jsonb_build_array(r.id, r.lowest_state, r.highest_state, r.other_state,
                r.moved_lowest, r.moved_highest, r.unplaced) ORDER BY r.id)
            FROM allocation_allocationrow r WHERE r.filing_id = f.id AND r.pending > 0
        ), '[]'),
        'lines', COALESCE((
            SELECT jsonb_agg(jsonb_build_array(l.row_id, l.slot, l.product_id, l.contract, p.terms_id)
                ORDER BY l.row_id, l.slot, l.product_id)
            FROM allocation_slotline l JOIN allocation_capacitypool p ON p.product_id = l.product_id
            WHERE l.filing_id = f.id AND l.slot <> 'selected' AND l.contract IS NOT NULL
        ), '[]'))
    FROM review_filing f WHERE f.id = ANY(%(filings)s)
"""
_LAST = """
    WITH last AS (
        SELECT DISTINCT ON (filing_id) filing_id, path, at, content FROM allocation_report
        WHERE filing_id = ANY(%(filings)s) ORDER BY filing_id, number DESC
    ), wanted AS (
        SELECT last.filing_id, last.path, (line->>0)::bigint AS row_id, line->>1 AS slot,
            (line->>2)::bigint AS product_id, (line->>3)::bigint AS contract, (line->>3)::bigint AS reserved
        FROM last, jsonb_array_elements(last.content->'lines') AS line
    )
"""
DIFFERENCES = differences_from(_LAST)
PUT_BACK_LINES = put_back_lines(_LAST)
PUT_BACK_ROWS = (
    _LAST
    + """
    UPDATE allocation_allocationrow r SET
        lowest_state = entry->>1, highest_state = entry->>2, other_state = entry->>3,
        moved_lowest = (entry->>4)::bigint, moved_highest = (entry->>5)::bigint, unplaced = (entry->>6)::bigint,
        pending_confirmed_at = CASE WHEN r.is_excluded THEN NULL ELSE last.at END
    FROM last, jsonb_array_elements(last.content->'rows') AS entry
    WHERE r.id = (entry->>0)::bigint
"""
)


def keep(filings: Sequence[int]) -> None:
    planned_run(KEEP, {"filings": list(filings)})


def differences(filings: Sequence[int]) -> dict[int, int]:
    """By product, how much more was reserved at the last report than is now."""
    rows = planned_rows(DIFFERENCES, {"filings": list(filings)})
    return {int(product): int(change) for product, change in rows}


def put_back(filings: Sequence[int]) -> None:
    """Lines and rows as they were last reported; three statements."""
    values = {"filings": list(filings)}
    planned_run(FORGET_CHOSEN, values)
    planned_run(PUT_BACK_LINES, values)
    planned_run(PUT_BACK_ROWS, values)
