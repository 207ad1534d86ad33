"""Rows and lines that rest on a corrected product or item: how many, what they come to, opened again.

Invariants: bound to a product or an item that the caller has read within the scope, and to filings that it has locked.
What is reserved stays reserved until the institution changes the slot.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.projects.domain.money import amount_sql
from apps.scope.database import quick_rows, quick_run

_KEPT_PRICE, _KEPT_PACK = "COALESCE(kept.price, t.price)", "COALESCE(kept.pack, t.pack)"
_BEFORE = amount_sql("taken.quantity", _KEPT_PRICE, _KEPT_PACK)
_AFTER = amount_sql("taken.quantity", "%(price)s::numeric", "%(pack)s::bigint")
REACH_OF_PRODUCT = f"""
    SELECT taken.status, COUNT(*), SUM(taken.lines)::bigint, SUM({_BEFORE}),
        SUM(CASE WHEN taken.status IN ('submitted', 'approved') THEN {_BEFORE} ELSE {_AFTER} END)
    FROM (
        SELECT f.id, f.status, l.product_id, SUM(l.contract)::bigint AS quantity, COUNT(*) AS lines
        FROM allocation_slotline l JOIN review_filing f ON f.id = l.filing_id AND f.status <> 'excluded'
        WHERE l.product_id = %(product)s AND l.contract > 0
        GROUP BY f.id, l.product_id
    ) AS taken
    JOIN allocation_capacitypool p ON p.product_id = taken.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
    LEFT JOIN allocation_supplytotal held ON held.filing_id = taken.id AND held.product_id = taken.product_id
    LEFT JOIN projects_winningterms kept ON kept.id = held.terms_id
    GROUP BY taken.status ORDER BY taken.status
"""  # noqa: S608 - no value in it
REACH_OF_ITEM = """
    SELECT f.status, COUNT(DISTINCT f.id), COUNT(*), NULL, NULL
    FROM allocation_allocationrow r JOIN review_filing f ON f.id = r.filing_id AND f.status <> 'excluded'
    WHERE r.item_id = %(item)s AND r.pending > 0 AND NOT r.is_excluded
        AND EXISTS (SELECT 1 FROM allocation_slotline l WHERE l.row_id = r.id AND l.slot <> 'selected'
            AND l.contract > 0)
    GROUP BY f.status ORDER BY f.status
"""
TOUCHED_BY_PRODUCT = """
    SELECT DISTINCT l.filing_id FROM allocation_slotline l
    JOIN review_filing f ON f.id = l.filing_id AND f.status <> 'excluded'
    WHERE l.product_id = %(product)s AND l.contract > 0
"""
TOUCHED_BY_ITEM = """
    SELECT DISTINCT r.filing_id FROM allocation_allocationrow r
    JOIN review_filing f ON f.id = r.filing_id AND f.status <> 'excluded'
    WHERE r.item_id = %(item)s AND r.pending > 0 AND NOT r.is_excluded
        AND EXISTS (SELECT 1 FROM allocation_slotline l WHERE l.row_id = r.id AND l.slot <> 'selected'
            AND l.contract > 0)
"""
_SLOTS_OF_PRODUCT = """
    SELECT l.row_id, array_agg(l.slot::text) AS slots FROM allocation_slotline l
    WHERE l.product_id = %(product)s AND l.contract > 0 AND l.filing_id = ANY(%(filings)s) GROUP BY l.row_id
"""
_SLOTS_OF_ITEM = """
    SELECT l.row_id, array_agg(DISTINCT l.slot::text) AS slots FROM allocation_slotline l
    JOIN allocation_allocationrow own ON own.id = l.row_id AND own.item_id = %(item)s
    WHERE l.slot <> 'selected' AND l.contract > 0 AND l.filing_id = ANY(%(filings)s) GROUP BY l.row_id
"""
# A slot that is open again moves nothing on; then what the others have to take is another quantity as well.
_OTHER = """('other' = ANY(s.slots) OR 'lowest' = ANY(s.slots) AND r.moved_lowest > 0
    OR 'highest' = ANY(s.slots) AND r.moved_highest > 0)"""
_PENDING = "(s.slots && ARRAY['lowest', 'highest', 'other'])"


def _opened(slot: str, condition: str) -> str:
    state = f"r.{slot}_state"
    return (
        f"{slot}_state = CASE WHEN {condition} AND {state} <> 'empty' THEN 'draft' ELSE {state} END"
    )


def _open(slots: str) -> str:
    lowest, highest = "'lowest' = ANY(s.slots)", "'highest' = ANY(s.slots)"
    return f"""
    UPDATE allocation_allocationrow r SET
        {_opened("lowest", lowest)}, {_opened("highest", highest)}, {_opened("other", _OTHER)},
        moved_lowest = CASE WHEN {lowest} THEN 0 ELSE r.moved_lowest END,
        moved_highest = CASE WHEN {highest} THEN 0 ELSE r.moved_highest END,
        unplaced = CASE WHEN {_OTHER} THEN 0 ELSE r.unplaced END,
        pending_confirmed_at = CASE WHEN {_PENDING} THEN NULL ELSE r.pending_confirmed_at END,
        pending_confirmed_by_id = CASE WHEN {_PENDING} THEN NULL ELSE r.pending_confirmed_by_id END,
        selected_confirmed_at = CASE WHEN 'selected' = ANY(s.slots) THEN NULL ELSE r.selected_confirmed_at END,
        selected_confirmed_by_id = CASE WHEN 'selected' = ANY(s.slots) THEN NULL ELSE r.selected_confirmed_by_id END
    FROM ({slots}) AS s WHERE r.id = s.row_id
    """  # noqa: S608 - no value in it


OPEN_BY_PRODUCT, OPEN_BY_ITEM = _open(_SLOTS_OF_PRODUCT), _open(_SLOTS_OF_ITEM)
TAKE_OVER = """
    UPDATE allocation_capacitypool p SET capacity = w.capacity, terms_id = (
        SELECT t.id FROM projects_winningterms t WHERE t.product_id = w.id ORDER BY t.version DESC LIMIT 1
    )
    FROM projects_winningproduct w WHERE w.id = p.product_id AND p.product_id = ANY(%(products)s)
"""


class Held(NamedTuple):
    """Filings of one status with their lines; yuan and fen as it is, and as it would be."""

    status: str
    filings: int
    lines: int
    before: Decimal | None
    after: Decimal | None


def reach_of_product(product: int, *, price: Decimal, pack: int) -> list[Held]:
    """What was reported keeps its amount."""
    values = {"product": product, "price": price, "pack": pack}
    return [Held(*row) for row in quick_rows(REACH_OF_PRODUCT, values)]


def reach_of_item(item: int) -> list[Held]:
    return [Held(*row) for row in quick_rows(REACH_OF_ITEM, {"item": item})]


def touched_by_product(product: int) -> list[int]:
    return [pk for (pk,) in quick_rows(TOUCHED_BY_PRODUCT, {"product": product})]


def touched_by_item(item: int) -> list[int]:
    return [pk for (pk,) in quick_rows(TOUCHED_BY_ITEM, {"item": item})]


def open_by_product(product: int, filings: Sequence[int]) -> int:
    """Slots and confirmations that rest on a product, in these filings."""
    return quick_run(OPEN_BY_PRODUCT, {"product": product, "filings": list(filings)})


def open_by_item(item: int, filings: Sequence[int]) -> int:
    """Slots and confirmations of an item's rows, in these filings."""
    return quick_run(OPEN_BY_ITEM, {"item": item, "filings": list(filings)})


def take_over(products: Sequence[int]) -> None:
    """Capacity and current terms of the products into their pools, which the caller has locked."""
    quick_run(TAKE_OVER, {"products": list(products)})
