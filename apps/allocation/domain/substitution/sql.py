"""系统代分: what a plan starts from, what it writes and how it is taken back, for any number of institutions.

Invariant: bound to one project's offers and to named filings that the caller has locked.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.allocation.domain.lines.sql import FORGET_CHOSEN, differences_from, put_back_lines
from apps.allocation.models.stop_triggers import LIMIT
from apps.scope.database import planned_rows, planned_run

OFFERS = f"""
    SELECT d.product_group, d.path, d.lowest_id, d.highest_id, w.id, w.enterprise_id, t.price, t.pack,
        t.daily_usage, t.cut, {LIMIT.format(pool="p")} - p.fixed - p.allocated, p.stopped = 'cancelled'
    FROM allocation_groupdesignation d
    JOIN projects_catalogitem i ON i.project_id = d.project_id AND i.product_group = d.product_group
    JOIN projects_winningproduct w ON w.item_id = i.id
    JOIN allocation_capacitypool p ON p.product_id = w.id AND (p.provinces IS NULL OR d.path = ANY(p.provinces))
    JOIN projects_winningterms t ON t.id = p.terms_id
    WHERE d.project_id = %(project)s
    ORDER BY d.product_group, d.path, i.position, p.id
"""  # noqa: S608 - no value in it
_OPEN_ROWS = """
    SELECT r.id, r.filing_id, r.path, r.item_id, i.product_group, '/0/' || split_part(r.path, '/', 3) || '/',
        i.daily_usage, r.lowest, r.highest, r.other, r.lowest_state, r.highest_state, r.other_state,
        r.moved_lowest, r.moved_highest, r.unplaced, r.pending_confirmed_at IS NOT NULL
    FROM allocation_allocationrow r JOIN projects_catalogitem i ON i.id = r.item_id
    WHERE r.{which} AND r.pending > 0 AND NOT r.is_excluded
    ORDER BY r.path, i.position, r.id
"""
_SAVED_LINES = """
    SELECT row_id, slot, product_id, contract, reserved FROM allocation_slotline
    WHERE {which} AND slot <> 'selected'
"""
OPEN_ROWS = _OPEN_ROWS.format(which="filing_id = ANY(%(filings)s)")
SAVED_LINES = _SAVED_LINES.format(which="filing_id = ANY(%(filings)s)")
THESE_ROWS = _OPEN_ROWS.format(which="id = ANY(%(rows)s)")
THEIR_LINES = _SAVED_LINES.format(which="row_id = ANY(%(rows)s)")
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
DIFFERENCES = differences_from(_BEFORE)
PUT_BACK_LINES = put_back_lines(_BEFORE)
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


class OfferRow(NamedTuple):
    """A product that a place may choose from; `left` in smallest units, `None` is unlimited."""

    product_group: str
    path: str
    lowest_id: int
    highest_id: int
    product: int
    enterprise: int
    price: Decimal
    pack: int
    daily_usage: Decimal
    cut: Decimal
    left: int | None
    is_cancelled: bool


class SavedLine(NamedTuple):
    """What an institution saved of one product in one slot."""

    row: int
    slot: str
    product: int
    contract: int | None
    reserved: int


class Placed(NamedTuple):
    """A row's states and what it moves, as a plan leaves them."""

    row: int
    lowest: str
    highest: str
    other: str
    moved_lowest: int
    moved_highest: int
    unplaced: int


def offers(project: int) -> list[OfferRow]:
    return [OfferRow(*row) for row in planned_rows(OFFERS, {"project": project})]


def open_rows(filings: Sequence[int]) -> list[tuple[Any, ...]]:
    """The columns of `OPEN_ROWS` as they come, by path and position."""
    return planned_rows(OPEN_ROWS, {"filings": list(filings)})


def saved_lines(filings: Sequence[int]) -> list[SavedLine]:
    return [SavedLine(*row) for row in planned_rows(SAVED_LINES, {"filings": list(filings)})]


def these_rows(rows: Sequence[int]) -> list[tuple[Any, ...]]:
    """The same of these rows."""
    return planned_rows(THESE_ROWS, {"rows": list(rows)})


def their_lines(rows: Sequence[int]) -> list[SavedLine]:
    return [SavedLine(*row) for row in planned_rows(THEIR_LINES, {"rows": list(rows)})]


def remember(filings: Sequence[int]) -> None:
    """How rows and lines stand now."""
    planned_run(REMEMBER, {"filings": list(filings)})


def write_lines(lines: Sequence[SavedLine]) -> None:
    planned_run(
        LINES,
        {
            "rows": [line.row for line in lines],
            "slots": [line.slot for line in lines],
            "products": [line.product for line in lines],
            "contracts": [line.contract for line in lines],
            "reserved": [line.reserved for line in lines],
        },
    )


def write_rows(rows: Sequence[Placed], *, user: int | None) -> None:
    """Rows as the plan leaves them, confirmed by `user`."""
    names = ("lowest", "highest", "other", "moved_lowest", "moved_highest", "unplaced")
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    planned_run(ROWS, {"user": user, "rows": [row.row for row in rows], **columns})


def confirm_selected(filings: Sequence[int], *, user: int | None) -> None:
    planned_run(CONFIRM_SELECTED, {"filings": list(filings), "user": user})


def differences(filings: Sequence[int]) -> dict[int, int]:
    """By product, how much more was reserved before the plan than is now."""
    rows = planned_rows(DIFFERENCES, {"filings": list(filings)})
    return {int(product): int(change) for product, change in rows}


def put_back(filings: Sequence[int]) -> None:
    """Lines and rows exactly as they stood before; three statements."""
    which = {"filings": list(filings)}
    planned_run(FORGET_CHOSEN, which)
    planned_run(PUT_BACK_LINES, which)
    planned_run(PUT_BACK_ROWS, which)
