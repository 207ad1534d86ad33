"""What rests on a product that is cancelled, what becomes of it and how it is taken back, however much it is.

Invariant: bound to one product, or to the shares of one act, whose filings the caller has locked.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.allocation.models import FILLED, Slot
from apps.allocation.models.stop_triggers import LIMIT
from apps.scope.database import quick_rows, quick_run

LINES = """
    SELECT l.filing_id, f.status, l.path, l.row_id, l.slot, l.contract, l.reserved, COALESCE(l.taken, 0),
        i.product_group, '/0/' || split_part(l.path, '/', 3) || '/', i.daily_usage,
        CASE l.slot WHEN 'lowest' THEN r.lowest_state WHEN 'highest' THEN r.highest_state
            WHEN 'other' THEN r.other_state ELSE '' END
    FROM allocation_slotline l
    JOIN review_filing f ON f.id = l.filing_id AND f.status <> 'excluded'
    JOIN allocation_allocationrow r ON r.id = l.row_id JOIN projects_catalogitem i ON i.id = r.item_id
    WHERE l.product_id = %(product)s AND l.contract > 0
    ORDER BY l.path, i.position, l.row_id, l.slot
"""
# How the rows `{which}` of a filing stand, as shares keep it.
_CONTENT = """jsonb_build_object(
    'rows', COALESCE((
        SELECT jsonb_agg(jsonb_build_array(r.id, r.lowest_state, r.highest_state, r.other_state, r.moved_lowest,
            r.moved_highest, r.unplaced, r.kept_unplaced, r.pending_confirmed_at, r.pending_confirmed_by_id,
            r.selected_confirmed_at, r.selected_confirmed_by_id) ORDER BY r.id)
        FROM allocation_allocationrow r WHERE r.filing_id = {filing} AND r.id IN ({which})
    ), '[]'),
    'lines', COALESCE((
        SELECT jsonb_agg(jsonb_build_array(l.row_id, l.slot, l.product_id, l.contract, l.reserved, l.taken)
            ORDER BY l.row_id, l.slot, l.product_id)
        FROM allocation_slotline l WHERE l.filing_id = {filing} AND l.row_id IN ({which})
    ), '[]'))"""
_HOLDING = """
    SELECT held.row_id FROM allocation_slotline held
    WHERE held.filing_id = own.filing_id AND held.product_id = %(product)s AND held.contract > 0
"""
_OF_SHARE = "SELECT (entry->>0)::bigint FROM jsonb_array_elements(share.before->'rows') entry"
REMEMBER = f"""
    INSERT INTO allocation_stopshare (stop_id, filing_id, path, kept, contract, before)
    SELECT %(stop)s, own.filing_id, f.path, own.kept, own.contract,
        {_CONTENT.format(filing="own.filing_id", which=_HOLDING)}
    FROM (
        SELECT filing_id, COALESCE(SUM(contract) FILTER (WHERE slot = 'selected'), 0) AS kept,
            COALESCE(SUM(contract) FILTER (WHERE slot <> 'selected'), 0) AS contract
        FROM allocation_slotline
        WHERE product_id = %(product)s AND contract > 0 AND filing_id = ANY(%(filings)s) GROUP BY filing_id
    ) own JOIN review_filing f ON f.id = own.filing_id
"""  # noqa: S608 - no value in it
REMEMBER_AFTER = f"""
    UPDATE allocation_stopshare share SET after = {_CONTENT.format(filing="share.filing_id", which=_OF_SHARE)}
    WHERE share.stop_id = %(stop)s
"""  # noqa: S608 - no value in it
FORGET = """
    DELETE FROM allocation_slotline WHERE product_id = %(product)s AND contract > 0 AND filing_id = ANY(%(filings)s)
"""
PLACE = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved)
    SELECT r.id, r.filing_id, r.path, typed.slot, typed.product_id, typed.contract, typed.reserved
    FROM unnest(%(rows)s::bigint[], %(slots)s::text[], %(products)s::bigint[], %(contracts)s::bigint[],
            %(reserved)s::bigint[]) AS typed(row_id, slot, product_id, contract, reserved)
    JOIN allocation_allocationrow r ON r.id = typed.row_id
    ON CONFLICT (row_id, slot, product_id)
    DO UPDATE SET contract = EXCLUDED.contract, reserved = EXCLUDED.reserved
"""
HAND_OVER = """
    INSERT INTO allocation_slotline AS held (row_id, filing_id, path, slot, product_id, contract, reserved, taken)
    SELECT r.id, r.filing_id, r.path, 'selected', p.product_id, p.contract, 0, p.taken
    FROM unnest(%(rows)s::bigint[], %(products)s::bigint[], %(contracts)s::bigint[], %(taken)s::bigint[])
        AS p(row_id, product_id, contract, taken)
    JOIN allocation_allocationrow r ON r.id = p.row_id
    ON CONFLICT (row_id, slot, product_id)
    DO UPDATE SET contract = held.contract + EXCLUDED.contract, taken = held.taken + EXCLUDED.taken
"""
STATES = """
    UPDATE allocation_allocationrow r SET lowest_state = p.lowest, highest_state = p.highest, other_state = p.other,
        moved_lowest = p.moved_lowest, moved_highest = p.moved_highest, unplaced = p.unplaced
    FROM unnest(%(rows)s::bigint[], %(lowest)s::text[], %(highest)s::text[], %(other)s::text[],
        %(moved_lowest)s::bigint[], %(moved_highest)s::bigint[], %(unplaced)s::bigint[])
        AS p(id, lowest, highest, other, moved_lowest, moved_highest, unplaced)
    WHERE r.id = p.id
"""
UNPLACED = """
    UPDATE allocation_allocationrow r SET kept_unplaced = r.kept_unplaced + p.unplaced
    FROM unnest(%(rows)s::bigint[], %(unplaced)s::bigint[]) AS p(id, unplaced) WHERE r.id = p.id
"""


def _emptied(slot: str) -> str:
    return f"""{slot}_state = CASE WHEN r.{slot}_state = 'draft' AND NOT EXISTS (
            SELECT 1 FROM allocation_slotline l
            WHERE l.row_id = r.id AND l.slot = '{slot}' AND l.contract IS NOT NULL
        ) THEN 'empty' ELSE r.{slot}_state END"""  # noqa: S608 - no value in it


# Of institutions at work: what they confirmed is confirmed again; a draft whose only product is gone is empty.
OPEN = f"""
    UPDATE allocation_allocationrow r SET {_emptied("lowest")}, {_emptied("highest")}, {_emptied("other")},
        pending_confirmed_at = CASE WHEN r.id = ANY(%(pending)s) THEN NULL ELSE r.pending_confirmed_at END,
        pending_confirmed_by_id = CASE WHEN r.id = ANY(%(pending)s) THEN NULL ELSE r.pending_confirmed_by_id END,
        selected_confirmed_at = CASE WHEN r.id = ANY(%(selected)s) THEN NULL ELSE r.selected_confirmed_at END,
        selected_confirmed_by_id = CASE WHEN r.id = ANY(%(selected)s) THEN NULL ELSE r.selected_confirmed_by_id END
    WHERE r.id = ANY(%(rows)s)
"""  # noqa: S608 - no value in it
# Shares that are no longer as the act left them: confirmed, changed, or of a unit that was removed.
MOVED_ON = f"""
    SELECT o.name, COUNT(*) OVER () FROM allocation_stopshare share
    JOIN review_filing f ON f.id = share.filing_id JOIN organizations_organization o ON o.id = f.organization_id
    WHERE share.stop_id = %(stop)s AND (
        share.confirmed_at IS NOT NULL OR f.status = 'excluded'
        OR share.after IS DISTINCT FROM {_CONTENT.format(filing="share.filing_id", which=_OF_SHARE)}
    )
    ORDER BY share.path LIMIT 1
"""  # noqa: S608 - no value in it
# Confirmed and reserved quantities by product that taking back adds, less what it gives free.
DIFFERENCES = """
    SELECT product_id, SUM(quantity) FILTER (WHERE is_kept)::bigint, SUM(quantity) FILTER (WHERE NOT is_kept)::bigint
    FROM (
        SELECT (line->>2)::bigint AS product_id, line->>1 = 'selected' AS is_kept, part.sign * CASE
            WHEN line->>1 = 'selected' THEN (line->>3)::bigint ELSE (line->>4)::bigint END AS quantity
        FROM allocation_stopshare share
        CROSS JOIN LATERAL (VALUES (share.before, 1), (share.after, -1)) AS part(content, sign)
        CROSS JOIN LATERAL jsonb_array_elements(part.content->'lines') AS line
        WHERE share.stop_id = %(stop)s
    ) change GROUP BY product_id ORDER BY product_id
"""
CLEAR = """
    DELETE FROM allocation_slotline l USING allocation_stopshare share, jsonb_array_elements(share.before->'rows') entry
    WHERE share.stop_id = %(stop)s AND l.filing_id = share.filing_id AND l.row_id = (entry->>0)::bigint
"""
PUT_BACK_LINES = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved, taken)
    SELECT (line->>0)::bigint, share.filing_id, share.path, line->>1, (line->>2)::bigint, (line->>3)::bigint,
        (line->>4)::bigint, (line->>5)::bigint
    FROM allocation_stopshare share CROSS JOIN LATERAL jsonb_array_elements(share.before->'lines') AS line
    WHERE share.stop_id = %(stop)s
"""
PUT_BACK_ROWS = """
    UPDATE allocation_allocationrow r SET
        lowest_state = entry->>1, highest_state = entry->>2, other_state = entry->>3,
        moved_lowest = (entry->>4)::bigint, moved_highest = (entry->>5)::bigint, unplaced = (entry->>6)::bigint,
        kept_unplaced = (entry->>7)::bigint,
        pending_confirmed_at = (entry->>8)::timestamptz, pending_confirmed_by_id = (entry->>9)::bigint,
        selected_confirmed_at = (entry->>10)::timestamptz, selected_confirmed_by_id = (entry->>11)::bigint
    FROM allocation_stopshare share, jsonb_array_elements(share.before->'rows') AS entry
    WHERE share.stop_id = %(stop)s AND r.id = (entry->>0)::bigint
"""
POOLS = f"""
    SELECT p.product_id, {LIMIT.format(pool="p")}, p.fixed + p.allocated FROM allocation_capacitypool p
    WHERE p.product_id = ANY(%(products)s) ORDER BY p.id
"""  # noqa: S608 - no value in it


class Held(NamedTuple):
    """A line of the stopped product: smallest units; `state` of its slot, empty for a confirmed quantity.

    `taken` of a confirmed one in units of the row's item, whose daily usage is `daily_usage`.
    """

    filing: int
    status: str
    path: str
    row: int
    slot: str
    contract: int
    reserved: int
    taken: int
    product_group: str
    province: str
    daily_usage: Decimal
    state: str

    @property
    def is_kept(self) -> bool:
        return self.slot == Slot.SELECTED

    @property
    def is_filled(self) -> bool:
        """Whether its slot counts as filled, so that somebody else has to fill it."""
        return self.state in FILLED


def lines_of(product: int) -> list[Held]:
    """Of all who take part, by path and catalogue."""
    return [Held(*row) for row in quick_rows(LINES, {"product": product})]


def remember(stop: int, product: int, filings: Sequence[int]) -> None:
    values = {"stop": stop, "product": product, "filings": list(filings)}
    quick_run(REMEMBER, values)


def remember_after(stop: int) -> None:
    quick_run(REMEMBER_AFTER, {"stop": stop})


def forget(product: int, filings: Sequence[int]) -> None:
    """The lines of the product are gone."""
    quick_run(FORGET, {"product": product, "filings": list(filings)})


def place(columns: Mapping[str, Sequence[Any]]) -> None:
    quick_run(PLACE, columns)


def hand_over(columns: Mapping[str, Sequence[Any]]) -> None:
    """Confirmed quantities, on top of what another product has of the row."""
    quick_run(HAND_OVER, columns)


def mark(columns: Mapping[str, Sequence[Any]]) -> None:
    """States of rows and what they move."""
    quick_run(STATES, columns)


def leave_unplaced(columns: Mapping[str, Sequence[Any]]) -> None:
    quick_run(UNPLACED, columns)


def open_rows(rows: Sequence[int], *, pending: Sequence[int], selected: Sequence[int]) -> None:
    """Rows at work; of these the confirmations named."""
    quick_run(OPEN, {"rows": list(rows), "pending": list(pending), "selected": list(selected)})


def moved_on(stop: int) -> tuple[str, int] | None:
    """The first institution that is no longer as the act left it, and how many there are."""
    found = quick_rows(MOVED_ON, {"stop": stop})
    return (str(found[0][0]), int(found[0][1])) if found else None


def differences(stop: int) -> dict[int, tuple[int, int]]:
    """By product, confirmed and reserved."""
    rows = quick_rows(DIFFERENCES, {"stop": stop})
    return {int(product): (int(kept or 0), int(reserved or 0)) for product, kept, reserved in rows}


def put_back(stop: int) -> None:
    """Lines and rows exactly as they stood; three statements."""
    for statement in (CLEAR, PUT_BACK_LINES, PUT_BACK_ROWS):
        quick_run(statement, {"stop": stop})


def left(products: Sequence[int]) -> dict[int, int | None]:
    """What may still be taken, without locks, for a preview."""
    rows = quick_rows(POOLS, {"products": list(products)})
    return {product: None if limit is None else limit - used for product, limit, used in rows}
