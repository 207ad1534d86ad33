"""Who supplies instead of a cancelled product: the plan that a preview shows and the act writes.

Invariants: confirmed quantities go before chosen ones, each by path; nothing is taken beyond what is left, and what an
institution gives back in the plan is not given to another; what is held of other products stays as far as it goes.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.allocation.domain.stops.sharing import Part, Taker, share_kept
from apps.allocation.domain.stops.sql import Held
from apps.allocation.domain.substitution.planning import RowPlan, plan_rows
from apps.allocation.domain.substitution.reading import Left, OpenRow, Place, PlaceOffers
from apps.allocation.models import FILLED, Slot, SlotState
from apps.projects.domain.supply import Supplier


@dataclass(frozen=True, slots=True)
class Choice:
    """The product that stops, and which one is to take its place first, if one is named."""

    product_id: int
    replacement_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """Who takes over a confirmed quantity; `unplaced` in units of the row's item."""

    line: Held
    parts: tuple[Part, ...]
    unplaced: int


@dataclass(frozen=True)
class StopPlan:
    """All that 取消中选 moves; `lines` are those of the stopped product."""

    product_id: int
    lines: Sequence[Held]
    kept: Sequence[KeptPlan] = ()
    rows: Sequence[RowPlan] = ()

    @property
    def filings(self) -> list[int]:
        """Ids by path."""
        return list(dict.fromkeys(line.filing for line in self.lines))

    @property
    def unplaced(self) -> int:
        """Rows of which something found no other product."""
        short = {plan.line.row for plan in self.kept if plan.unplaced}
        return len(short) + sum(plan.unplaced > plan.row.unplaced for plan in self.rows)

    @property
    def fixed(self) -> Counter[int]:
        """By product, how much more of it is confirmed."""
        changes: Counter[int] = Counter()
        for plan in self.kept:
            changes[self.product_id] -= plan.line.contract
            for part in plan.parts:
                changes[part.product_id] += part.contract
        return changes

    @property
    def allocated(self) -> Counter[int]:
        """By product, how much more of it is reserved."""
        changes: Counter[int] = Counter()
        for line in self.lines:
            changes[self.product_id] -= line.reserved
        for plan in self.rows:
            for each in plan.lines:
                changes[each.product_id] += each.reserved - each.before
        return changes

    @property
    def digest(self) -> str:
        """The same where, and only where, the same would be written."""
        rows = [
            (plan.row.pk, sorted(plan.states.items()), sorted(plan.moved.items()), plan.lines)
            for plan in self.rows
        ]
        parts = [(plan.line.row, plan.parts, plan.unplaced) for plan in self.kept]
        told = repr(([tuple(line) for line in self.lines], parts, rows))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Market:
    """Where a stopped product was offered, and what else is: places, suppliers, whether K counts against capacity."""

    places: Mapping[Place, PlaceOffers]
    suppliers: Sequence[Supplier]
    counts_kept: bool

    def without(self, choice: Choice) -> dict[Place, PlaceOffers]:
        """The places without it: its replacement first, then 备供 of the province, then the others."""
        by_product = {supplier.product: supplier for supplier in self.suppliers}
        found = {}
        for place, offers in self.places.items():
            others = tuple(o for o in offers.offers if o.product_id != choice.product_id)
            order = {
                offer.product_id: _rank(by_product[offer.product_id], place[1], choice)
                for offer in others
            }
            found[place] = replace(offers, offers=others, order=order)
        return found


def _rank(supplier: Supplier, province: str, choice: Choice) -> int:
    if supplier.product == choice.replacement_id:
        return 0
    return 2 if supplier.is_primary_in(province) else 1


def plan_stop(
    choice: Choice, lines: Sequence[Held], rows: Sequence[OpenRow], market: Market, left: Left
) -> StopPlan:
    """`rows` are those to allocate of which a slot holds the product; `left` goes down as the plan takes."""
    places = market.without(choice)
    takers = {place: _takers(offers) for place, offers in places.items()}
    free: Left = left if market.counts_kept else defaultdict(lambda: None)
    kept = []
    for line in lines:
        if line.is_kept:
            known = takers.get((line.product_group, line.province), [])
            parts, unplaced = share_kept(line.taken, line.daily_usage, known, free)
            kept.append(KeptPlan(line, tuple(parts), unplaced))
    cleared = list(_cleared(choice.product_id, lines, rows))
    return StopPlan(
        choice.product_id, lines, kept, list(plan_rows(cleared, places, left, keeping=True))
    )


def _takers(offers: PlaceOffers) -> list[Taker]:
    ranked = sorted(
        offers.offers,
        key=lambda offer: (offers.order.get(offer.product_id, 0), -Fraction(offer.cut)),
    )
    return [Taker(offer.product_id, offer.terms.daily_usage) for offer in ranked]


def _cleared(product: int, lines: Sequence[Held], rows: Sequence[OpenRow]) -> Iterator[OpenRow]:
    """The rows without the product: slots that held it are to be filled again, whatever was confirmed."""
    slots: dict[int, set[Slot]] = defaultdict(set)
    for line in lines:
        if line.is_filled:
            slots[line.row].add(Slot(line.slot))
    for row in rows:
        opened = slots[row.pk]
        yield replace(
            row,
            states={
                s: SlotState.EMPTY if s in opened else state for s, state in row.states.items()
            },
            unplaced=0 if Slot.OTHER in opened else row.unplaced,
            is_confirmed=False,
            left_alone=frozenset(
                slot
                for slot, state in row.states.items()
                if slot not in opened and state not in FILLED
            ),
            lines={
                slot: {pk: saved for pk, saved in held.items() if pk != product}
                for slot, held in row.lines.items()
            },
        )
