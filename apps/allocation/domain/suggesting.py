"""按建议全部填入: whole packs for every slot of an institution that is still empty, looked at first, then saved.

Invariants: no product is suggested beyond what is left of it, all slots of the plan together; a slot that somebody
typed into is left alone, and one that its products can't fill is named and left to 产能不足转其他. What was looked at
is what is saved: a plan that came out otherwise is refused.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.reads import pending_rows
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.domain.slots.placing import place
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.domain.slots.state import SlotCheck, check
from apps.allocation.domain.substitution.reading import (
    Left,
    OpenRow,
    SlotOffers,
    load_offers,
    load_rows,
)
from apps.allocation.engine import Row, tolerance
from apps.allocation.models import FIXED_SLOTS, PENDING_SLOTS, Slot, SlotState
from apps.projects.models import Project
from apps.review.models import Filing
from apps.ui.pages.seen_sets import Stamp, require_same


@dataclass(frozen=True, slots=True)
class Suggested:
    """One empty slot with whole packs by product; none where its products are short, or wait for another slot."""

    row: OpenRow
    slot: Slot
    pending: int
    contracts: Mapping[int, int | None]
    terms: Mapping[int, Row]
    why_not: str = ""

    @property
    def verdict(self) -> SlotCheck:
        filled = [
            replace(self.terms[product], contract=contract)
            for product, contract in self.contracts.items()
        ]
        return check(self.pending, self.row.daily_usage, filled)

    @property
    def tolerance(self) -> int:
        """Whole units of the item that the slot may miss: less than a pack of the product that carries it."""
        taking = [self.terms[product] for product, contract in self.contracts.items() if contract]
        largest = max(taking, key=lambda row: row.pack, default=None)
        return int(tolerance(largest, self.row.daily_usage)) if largest else 0

    @property
    def key(self) -> int:
        """What is suggested, as a number."""
        text = f"{self.row.pk} {self.slot} {self.pending} {sorted(self.contracts.items(), key=str)}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])


@dataclass(frozen=True, slots=True)
class Filled:
    """How many slots were saved, and the sentences of those that met a refusal meanwhile."""

    saved: int
    refused: Sequence[str]


def suggestions(project: Project, filing: Filing) -> list[Suggested]:
    """Every empty slot in the order of the pages; three statements. What can't be filled is told, too."""
    places, left = load_offers(project)
    return [
        suggested
        for row in load_rows([filing])
        if not row.is_confirmed and row.place in places
        for suggested in _of_row(row, places[row.place].by_slot, left)
    ]


def _of_row(row: OpenRow, offers: Mapping[Slot, SlotOffers], left: Left) -> Iterator[Suggested]:
    is_short = False
    for slot in PENDING_SLOTS:
        pending = row.quantities[slot]
        if slot == Slot.OTHER:
            pending += sum(row.moved.values())
        if row.states[slot] != SlotState.EMPTY or not pending:
            continue
        if is_short:
            yield Suggested(row, slot, pending, {}, {}, "先处理本品规产能不足的分配项")
            continue
        suggested = _suggested(row, slot, pending, offers[slot], left)
        is_short = slot in FIXED_SLOTS and bool(suggested.why_not)
        yield suggested


def _suggested(row: OpenRow, slot: Slot, pending: int, offers: SlotOffers, left: Left) -> Suggested:
    """Takes what it suggests from `left`."""
    terms = dict(zip(offers.products, offers.terms, strict=True))
    if not terms:
        return Suggested(row, slot, pending, {}, {}, "没有可选的中选产品，请在“分量”中转其他")
    free = [left[product] for product in offers.products]
    placed = place(pending, row.daily_usage, offers.terms, free, offers.preference)
    if placed.is_exhausted:
        return Suggested(row, slot, pending, {}, terms, "剩余产能不足，请在“分量”中转其他")
    for product, contract in zip(offers.products, placed.contracts, strict=True):
        known = left[product]
        left[product] = None if known is None else known - (contract or 0)
    contracts = dict(zip(offers.products, placed.contracts, strict=True))
    return Suggested(row, slot, pending, contracts, terms)


def stamp_of(suggestions: Sequence[Suggested]) -> Stamp:
    """Of everything that would be saved, to the last pack."""
    return Stamp.of_keys(suggested.key for suggested in suggestions if not suggested.why_not)


def fill_suggested(*, filing: Filing, project: Project, seen: str, by: Actor) -> Filled:
    """Save what the page showed, each slot as its own page would. Raises `seen_sets.SetMoved`.

    Between two slots somebody else may take the capacity: that slot stays empty and is told.
    """
    suggested_rows = suggestions(project, filing)
    require_same(seen, stamp_of(suggested_rows))
    rows = {row.pk: row for row in pending_rows(filing).select_related("filing", "item")}
    saved, refused = 0, []
    for suggested in suggested_rows:
        if suggested.why_not:
            continue
        row = rows[suggested.row.pk]
        blank = dict.fromkeys(suggested.contracts)
        try:
            save_slot(
                row=row,
                slot=suggested.slot,
                contracts=suggested.contracts,
                seen=blank,
                project=project,
                by=by,
            )
            saved += 1
        except AllocationRefused as refusal:
            refused.append(f"{row.item} {suggested.slot.label}：{refusal}")
    return Filled(saved, refused)
