"""Writing a plan and taking it back: a constant number of statements for any number of institutions.

Invariant: how everything stood before is kept with the plan that replaced it, and put back whole.
"""

from collections import Counter
from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.slots.capacity import reserve
from apps.allocation.domain.statements import rows, run
from apps.allocation.domain.substitution.planning import RowPlan
from apps.allocation.models import Slot
from apps.review.models import Filing

REMEMBER = """
    INSERT INTO allocation_substitution (filing_id, path, number, at, content)
    SELECT f.id, f.path, f.version + 1, now(), jsonb_build_object(
        'rows', COALESCE((
            SELECT jsonb_agg(jsonb_build_array(r.id, r.lowest_state, r.highest_state, r.other_state,
                r.moved_lowest, r.moved_highest, r.unplaced, r.pending_confirmed_at, r.pending_confirmed_by_id,
                r.selected_confirmed_at, r.selected_confirmed_by_id) ORDER BY r.id)
            FROM allocation_allocationrow r WHERE r.filing_id = f.id
        ), '[]'),
        'lines', COALESCE((
            SELECT jsonb_agg(jsonb_build_array(l.row_id, l.slot, l.product_id, l.contract, l.reserved)
                ORDER BY l.row_id, l.slot, l.product_id)
            FROM allocation_slotline l WHERE l.filing_id = f.id AND l.slot <> 'selected'
        ), '[]'))
    FROM review_filing f WHERE f.id = ANY(%(filings)s)
"""
LINES = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved)
    SELECT r.id, r.filing_id, r.path, typed.slot, typed.product_id, typed.contract, typed.reserved
    FROM unnest(%(rows)s::bigint[], %(slots)s::text[], %(products)s::bigint[], %(contracts)s::bigint[],
            %(reserved)s::bigint[]) AS typed(row_id, slot, product_id, contract, reserved)
    JOIN allocation_allocationrow r ON r.id = typed.row_id
    ON CONFLICT (row_id, slot, product_id)
    DO UPDATE SET contract = EXCLUDED.contract, reserved = EXCLUDED.reserved
"""
ROWS = """
    UPDATE allocation_allocationrow r SET lowest_state = p.lowest, highest_state = p.highest, other_state = p.other,
        moved_lowest = p.moved_lowest, moved_highest = p.moved_highest, unplaced = p.unplaced,
        pending_confirmed_at = now(), pending_confirmed_by_id = %(user)s
    FROM unnest(%(rows)s::bigint[], %(lowest)s::text[], %(highest)s::text[], %(other)s::text[],
        %(moved_lowest)s::bigint[], %(moved_highest)s::bigint[], %(unplaced)s::bigint[])
        AS p(id, lowest, highest, other, moved_lowest, moved_highest, unplaced)
    WHERE r.id = p.id
"""
CONFIRM_SELECTED = """
    UPDATE allocation_allocationrow SET selected_confirmed_at = now(), selected_confirmed_by_id = %(user)s
    WHERE filing_id = ANY(%(filings)s) AND kept > 0 AND selected_confirmed_at IS NULL
"""
_BEFORE = """
    WITH before AS (
        SELECT DISTINCT ON (filing_id) filing_id, path, content FROM allocation_substitution
        WHERE filing_id = ANY(%(filings)s) ORDER BY filing_id, number DESC
    ), wanted AS (
        SELECT before.filing_id, before.path, (line->>0)::bigint AS row_id, line->>1 AS slot,
            (line->>2)::bigint AS product_id, (line->>3)::bigint AS contract, (line->>4)::bigint AS reserved
        FROM before, jsonb_array_elements(before.content->'lines') AS line
    )
"""
DIFFERENCES = (
    _BEFORE  # noqa: S608 (no value in it)
    + """
    SELECT product_id, SUM(quantity)::bigint FROM (
        SELECT product_id, reserved AS quantity FROM wanted
        UNION ALL
        SELECT product_id, -reserved FROM allocation_slotline
        WHERE filing_id = ANY(%(filings)s) AND reserved > 0
    ) AS change GROUP BY product_id HAVING SUM(quantity) <> 0
"""
)
FORGET_LINES = """
    DELETE FROM allocation_slotline WHERE filing_id = ANY(%(filings)s) AND slot <> 'selected'
"""
PUT_BACK_LINES = (
    _BEFORE  # noqa: S608 (no value in it)
    + """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved)
    SELECT row_id, filing_id, path, slot, product_id, contract, reserved FROM wanted
"""
)
PUT_BACK_ROWS = (
    _BEFORE
    + """
    UPDATE allocation_allocationrow r SET
        lowest_state = entry->>1, highest_state = entry->>2, other_state = entry->>3,
        moved_lowest = (entry->>4)::bigint, moved_highest = (entry->>5)::bigint, unplaced = (entry->>6)::bigint,
        pending_confirmed_at = (entry->>7)::timestamptz, pending_confirmed_by_id = (entry->>8)::bigint,
        selected_confirmed_at = (entry->>9)::timestamptz, selected_confirmed_by_id = (entry->>10)::bigint
    FROM before, jsonb_array_elements(before.content->'rows') AS entry
    WHERE r.id = (entry->>0)::bigint
"""
)


def write_plan(filings: Sequence[Filing], plans: Sequence[RowPlan], *, by: Actor) -> None:
    """Lines, states and confirmations of locked drafts; what they take is reserved last. Seven statements."""
    user = by.user.pk if by.user else None
    ids = [filing.pk for filing in filings]
    run(REMEMBER, {"filings": ids})
    lines = [(plan.row.pk, line) for plan in plans for line in plan.lines]
    run(
        LINES,
        {
            "rows": [row for row, _ in lines],
            "slots": [line.slot.value for _, line in lines],
            "products": [line.product_id for _, line in lines],
            "contracts": [line.contract for _, line in lines],
            "reserved": [line.reserved for _, line in lines],
        },
    )
    run(
        ROWS,
        {
            "user": user,
            "rows": [plan.row.pk for plan in plans],
            "lowest": [plan.states[Slot.LOWEST].value for plan in plans],
            "highest": [plan.states[Slot.HIGHEST].value for plan in plans],
            "other": [plan.states[Slot.OTHER].value for plan in plans],
            "moved_lowest": [plan.moved[Slot.LOWEST] for plan in plans],
            "moved_highest": [plan.moved[Slot.HIGHEST] for plan in plans],
            "unplaced": [plan.unplaced for plan in plans],
        },
    )
    run(CONFIRM_SELECTED, {"filings": ids, "user": user})
    changes: Counter[int] = Counter()
    for _, line in lines:
        changes[line.product_id] += line.reserved - line.before
    reserve(changes)


def put_back(filings: Sequence[Filing]) -> None:
    """Rows, lines and reservations exactly as they stood before. Raises `CapacityExceeded` if others took it."""
    which = {"filings": [filing.pk for filing in filings]}
    differences = {int(product): int(change) for product, change in rows(DIFFERENCES, which)}
    run(FORGET_LINES, which)
    run(PUT_BACK_LINES, which)
    run(PUT_BACK_ROWS, which)
    reserve(differences)
