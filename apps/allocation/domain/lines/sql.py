"""What institutions take of the products of their slots: offered, saved, given back.

Invariant: bound to a row of the institution's own, or to named filings that the caller has read within the scope.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.allocation.models import Slot, SlotState
from apps.allocation.models.stop_triggers import LIMIT, STOPPED
from apps.scope.database import Ask, Touched, planned_rows, planned_run

OFFERED = f"""
    SELECT w.id, w.enterprise_id, d.lowest_id, d.highest_id, e.name, i.variety, i.specification, i.item_code, i.unit,
        t.price, t.pack, t.daily_usage, t.cut, {LIMIT.format(pool="p")}, p.fixed + p.allocated, l.contract,
        COALESCE(l.reserved, 0), {STOPPED.format(pool="p")}
    FROM allocation_allocationrow r
    JOIN projects_catalogitem own ON own.id = r.item_id
    JOIN allocation_groupdesignation d ON d.project_id = r.project_id AND d.product_group = own.product_group
        AND d.path = %(province)s
    JOIN projects_catalogitem i ON i.project_id = d.project_id AND i.product_group = d.product_group
    JOIN projects_winningproduct w ON w.item_id = i.id
    JOIN allocation_capacitypool p ON p.product_id = w.id AND (p.provinces IS NULL OR d.path = ANY(p.provinces))
        AND p.stopped <> 'cancelled'
    JOIN projects_winningterms t ON t.id = p.terms_id
    JOIN organizations_enterprise e ON e.id = w.enterprise_id
    LEFT JOIN allocation_slotline l ON l.row_id = r.id AND l.slot = %(slot)s AND l.product_id = w.id
    WHERE r.id = %(row)s AND r.organization_id = %(organization)s
    ORDER BY i.position, p.id
"""  # noqa: S608 - no value in it
LINES = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved)
    SELECT %(row)s, %(filing)s, %(path)s, %(slot)s, product_id, contract, reserved
    FROM unnest(%(products)s::bigint[], %(contracts)s::bigint[], %(reserved)s::bigint[])
        AS typed(product_id, contract, reserved)
    ON CONFLICT (row_id, slot, product_id)
    DO UPDATE SET contract = EXCLUDED.contract, reserved = EXCLUDED.reserved
"""
STATES = {
    Slot.LOWEST: "UPDATE allocation_allocationrow SET lowest_state = %(state)s WHERE id = %(row)s",
    Slot.HIGHEST: "UPDATE allocation_allocationrow SET highest_state = %(state)s WHERE id = %(row)s",
    Slot.OTHER: """
        UPDATE allocation_allocationrow SET other_state = %(state)s, unplaced = 0 WHERE id = %(row)s
    """,
}
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
FORGET_CHOSEN = """
    DELETE FROM allocation_slotline WHERE filing_id = ANY(%(filings)s) AND slot <> 'selected'
"""
# What stood once comes back: `wanted` (row_id, filing_id, path, slot, product_id, contract, reserved) says what.
_DIFFERENCES = """
    SELECT product_id, SUM(quantity)::bigint FROM (
        SELECT product_id, reserved AS quantity FROM wanted
        UNION ALL
        SELECT product_id, -reserved FROM allocation_slotline
        WHERE filing_id = ANY(%(filings)s) AND reserved > 0
    ) AS change GROUP BY product_id HAVING SUM(quantity) <> 0
"""
_PUT_BACK = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved)
    SELECT row_id, filing_id, path, slot, product_id, contract, reserved FROM wanted
"""


def differences_from(wanted: str) -> str:
    """The statement that says by product how much more `wanted` reserves than the lines do; it begins with `wanted`."""
    return wanted + _DIFFERENCES


def put_back_lines(wanted: str) -> str:
    """The statement that inserts the lines of `wanted`; `FORGET_CHOSEN` goes before it."""
    return wanted + _PUT_BACK


class Offered(NamedTuple):
    """One product of a slot with what the institution saved of it; quantities in the product's smallest units."""

    product: int
    enterprise_id: int
    lowest_id: int
    highest_id: int
    enterprise: str
    variety: str
    specification: str
    item_code: str
    unit: str
    price: Decimal
    pack: int
    daily_usage: Decimal
    cut: Decimal
    capacity: int | None
    used: int
    contract: int | None
    reserved: int
    is_suspended: bool


class OfferedAsk(Ask[list[Offered]]):
    """The products of a slot in display order; none where the row is not the organization's."""

    def __init__(self, *, row: int, slot: Slot, organization: int, province: str) -> None:
        """`province` is the path of the institution's province."""
        which = {"row": row, "slot": slot.value}
        super().__init__(OFFERED, {**which, "organization": organization, "province": province})

    def read(self, cursor: Any) -> list[Offered]:
        return [Offered(*row) for row in cursor.fetchall()]


class Typed(NamedTuple):
    """What is saved of one product."""

    product: int
    contract: int | None
    reserved: int


def saving(*, row: int, filing: int, path: str, slot: Slot, typed: Sequence[Typed]) -> Ask[int]:
    """One upsert of a slot's lines, to be sent with other statements."""
    values = {
        "row": row,
        "filing": filing,
        "path": path,
        "slot": slot.value,
        "products": [line.product for line in typed],
        "contracts": [line.contract for line in typed],
        "reserved": [line.reserved for line in typed],
    }
    return Touched(LINES, values)


def marking(row: int, slot: Slot, state: SlotState) -> Ask[int]:
    """The state of a slot, to be sent with other statements."""
    return Touched(STATES[slot], {"row": row, "state": state.value})


def reserved_by(filings: Sequence[int]) -> dict[int, int]:
    """By product, in smallest units."""
    rows = planned_rows(RESERVED, {"filings": list(filings)})
    return {int(product): int(total) for product, total in rows}


def confirmed_by(filings: Sequence[int]) -> dict[int, int]:
    """By product, as far as it counts against capacity."""
    rows = planned_rows(CONFIRMED, {"filings": list(filings)})
    return {int(product): int(total) for product, total in rows}


def release(filings: Sequence[int]) -> None:
    """Lines reserve nothing any more, rows are drafts again; two statements."""
    planned_run(RELEASE_LINES, {"filings": list(filings)})
    planned_run(OPEN_ROWS, {"filings": list(filings)})
