"""Filings that count as not reported, or were removed: what they reserved goes back to the pools (rules §3a.9)."""

from collections.abc import Sequence

from apps.allocation.domain.slots.capacity import release_confirmed, reserve
from apps.allocation.domain.statements import rows, run
from apps.review.models import Filing
from apps.review.models.statuses import Status

RESERVED = """
    SELECT product_id, SUM(reserved)::bigint FROM allocation_slotline
    WHERE filing_id = ANY(%(filings)s) AND reserved > 0 GROUP BY product_id
"""
CONFIRMED = """
    SELECT l.product_id, SUM(l.contract)::bigint FROM allocation_slotline l
    JOIN review_filing f ON f.id = l.filing_id
    JOIN projects_project p ON p.id = f.project_id AND p.capacity_counts_confirmed
    WHERE l.filing_id = ANY(%(filings)s) AND l.slot = 'selected' GROUP BY l.product_id
"""
RELEASE_LINES = """
    UPDATE allocation_slotline SET reserved = 0 WHERE filing_id = ANY(%(filings)s) AND reserved > 0
"""
OPEN_ROWS = """
    UPDATE allocation_allocationrow SET
        lowest_state = CASE WHEN lowest_state = 'empty' THEN 'empty' ELSE 'draft' END,
        highest_state = CASE WHEN highest_state = 'empty' THEN 'empty' ELSE 'draft' END,
        other_state = CASE WHEN other_state = 'empty' THEN 'empty' ELSE 'draft' END,
        moved_lowest = 0, moved_highest = 0, unplaced = 0,
        pending_confirmed_at = NULL, pending_confirmed_by_id = NULL
    WHERE filing_id = ANY(%(filings)s) AND pending > 0
"""


def release(filings: Sequence[Filing]) -> None:
    """Give back every reservation; what was typed stays as a draft for a later 补报.

    Of removed participants the confirmed quantities are given back as well.
    """
    values = {"filings": [filing.pk for filing in filings]}
    reserved = {int(product): -int(total) for product, total in rows(RESERVED, values)}
    run(RELEASE_LINES, values)
    run(OPEN_ROWS, values)
    reserve(reserved)
    removed = [filing.pk for filing in filings if filing.state == Status.EXCLUDED]
    if removed:
        confirmed = rows(CONFIRMED, {"filings": removed})
        release_confirmed({int(product): int(total) for product, total in confirmed})
