"""What 系统代分 would place where, exactly: the fixed slots by suggestion, the others by descending cut (rules §3a.11).

Invariants: what an institution confirmed or placed itself stays as it is; nothing is taken beyond what is left, and
what one institution gives back in the plan is not given to another, so that each can be undone alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from apps.allocation.domain.slots.placing import Placement, place
from apps.allocation.domain.substitution.reading import (
    Left,
    OpenRow,
    Place,
    PlaceOffers,
    Saved,
    SlotOffers,
)
from apps.allocation.models import FILLED, FIXED_SLOTS, Slot, SlotState

NOTHING = Saved(None, 0)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What a slot takes of a product; `reserved` is what it takes of its capacity, `before` what it took already."""

    slot: Slot
    product_id: int
    contract: int | None
    reserved: int
    before: int


@dataclass(frozen=True, slots=True)
class RowPlan:
    """How a row stands afterwards. `lines` are those of the slots that are filled anew."""

    row: OpenRow
    states: Mapping[Slot, SlotState]
    moved: Mapping[Slot, int]
    unplaced: int
    lines: tuple[PlannedLine, ...]


def plan_rows(
    rows: Iterable[OpenRow],
    places: Mapping[Place, PlaceOffers],
    left: Left,
    *,
    keeping: bool = False,
) -> Iterator[RowPlan]:
    """One plan for each row that is not confirmed, in the order given; `left` goes down as the plan takes.

    `keeping`: what a slot holds stays as far as the slot can be filled on top of it.
    """
    for row in rows:
        if not row.is_confirmed:
            yield _plan(row, places[row.place], left, keeping=keeping)


def _plan(row: OpenRow, offers: PlaceOffers, left: Left, *, keeping: bool) -> RowPlan:
    states, moved, unplaced = dict(row.states), dict(row.moved), row.unplaced
    lines: list[PlannedLine] = []
    for slot in FIXED_SLOTS:
        if not row.is_filled(slot):
            offered, target = offers.by_slot[slot], row.quantities[slot]
            placement = _fill(row, slot, target, offered, left, lines=lines, keeping=keeping)
            states[slot] = _state(placement)
            moved[slot] = placement.moved
    target = row.quantities[Slot.OTHER] + sum(moved.values())
    is_open = row.states[Slot.OTHER] not in FILLED or moved != row.moved
    if target and is_open and Slot.OTHER not in row.left_alone:
        offered = offers.by_slot[Slot.OTHER]
        placement = _fill(row, Slot.OTHER, target, offered, left, lines=lines, keeping=keeping)
        states[Slot.OTHER] = _state(placement)
        unplaced = placement.moved
    return RowPlan(row, states, moved, unplaced, tuple(lines))


def _state(placement: Placement) -> SlotState:
    return SlotState.SHORT if placement.is_exhausted else SlotState.PLACED


def _fill(
    row: OpenRow,
    slot: Slot,
    pending: int,
    offers: SlotOffers,
    left: Left,
    *,
    lines: list[PlannedLine],
    keeping: bool,
) -> Placement:
    """Place Q = `pending`; own reservations of the slot count as left, as on the slot's page."""
    saved = [row.lines.get(slot, {}).get(product, NOTHING) for product in offers.products]
    free = [
        _sum(left[product], held.reserved)
        for product, held in zip(offers.products, saved, strict=True)
    ]
    terms = offers.terms
    if keeping:
        terms = tuple(
            replace(each, contract=held.contract) for each, held in zip(terms, saved, strict=True)
        )
    placement = place(pending, row.daily_usage, terms, free, offers.preference, keeping=keeping)
    for product, contract, held in zip(offers.products, placement.contracts, saved, strict=True):
        taken = contract or 0
        left[product] = _sum(left[product], -max(taken - held.reserved, 0))
        if contract is not None or held.contract is not None:
            lines.append(PlannedLine(slot, product, contract, taken, held.reserved))
    return placement


def _sum(free: int | None, change: int) -> int | None:
    return None if free is None else free + change
