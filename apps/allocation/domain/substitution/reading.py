"""What the plan of 系统代分 starts from: open rows with what institutions saved, and what each slot offers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from apps.allocation.domain.substitution import sql
from apps.allocation.engine import Row, daily_cost
from apps.allocation.models import FILLED, FIXED_SLOTS, PENDING_SLOTS, Slot, SlotState
from apps.projects.models import Project
from apps.review.models import Filing

Place = tuple[str, str]
"""A product group in a province (its path)."""
Left = dict[int, int | None]
"""By product id, what may still be reserved in smallest units; `None` is unlimited."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What an institution saved of one product in one slot."""

    contract: int | None
    reserved: int


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row to allocate as it stands, with its saved lines by slot and product. `left_alone` is not planned anew."""

    pk: int
    filing_id: int
    path: str
    item_id: int
    place: Place
    daily_usage: Decimal
    quantities: Mapping[Slot, int]
    states: Mapping[Slot, SlotState]
    moved: Mapping[Slot, int]
    unplaced: int
    is_confirmed: bool
    lines: dict[Slot, dict[int, Saved]] = field(default_factory=lambda: defaultdict(dict))
    left_alone: frozenset[Slot] = frozenset()

    def is_filled(self, slot: Slot) -> bool:
        """A fixed slot that needs nothing more; the others depend on what the fixed ones move."""
        return self.states[slot] in FILLED or self.quantities[slot] == 0 or slot in self.left_alone


@dataclass(frozen=True, slots=True)
class Offer:
    product_id: int
    enterprise_id: int
    terms: Row
    cut: Decimal


@dataclass(frozen=True, slots=True)
class SlotOffers:
    """The products of one slot in display order, and the order in which they are taken."""

    products: tuple[int, ...]
    terms: tuple[Row, ...]
    preference: tuple[int, ...]


@dataclass(frozen=True)
class PlaceOffers:
    """The winners of a group in a province, with the enterprises of its fixed slots.

    `order`: by product, which are taken before others, the lowest first; without it all are alike.
    """

    lowest_id: int
    highest_id: int
    offers: tuple[Offer, ...]
    other_excludes_fixed: bool
    order: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def by_slot(self) -> Mapping[Slot, SlotOffers]:
        """The cheapest a day first in its slot; elsewhere the highest cut first; ties in display order."""
        fixed = {self.lowest_id, self.highest_id} if self.other_excludes_fixed else set()
        free = [offer for offer in self.offers if offer.enterprise_id not in fixed] or self.offers
        return {
            Slot.LOWEST: _slot(self._of(self.lowest_id), self.order, by_cost=True),
            Slot.HIGHEST: _slot(self._of(self.highest_id), self.order),
            Slot.OTHER: _slot(free, self.order),
        }

    def _of(self, enterprise: int) -> list[Offer]:
        return [offer for offer in self.offers if offer.enterprise_id == enterprise]


def _slot(
    offers: Sequence[Offer], order: Mapping[int, int], *, by_cost: bool = False
) -> SlotOffers:
    def rank(index: int) -> tuple[int, Fraction]:
        offer = offers[index]
        cost = daily_cost(offer.terms) if by_cost else -Fraction(offer.cut)
        return order.get(offer.product_id, 0), cost

    return SlotOffers(
        products=tuple(offer.product_id for offer in offers),
        terms=tuple(offer.terms for offer in offers),
        preference=tuple(sorted(range(len(offers)), key=rank)),
    )


def load_offers(project: Project) -> tuple[dict[Place, PlaceOffers], Left]:
    """Every place of a published project with its offers, and what is left of each product; one statement."""
    by_place: dict[tuple[Place, int, int], list[Offer]] = defaultdict(list)
    left: Left = {}
    for row in sql.offers(project.pk):
        place = by_place[(row.product_group, row.path), row.lowest_id, row.highest_id]
        if not row.is_cancelled:
            terms = Row(row.daily_usage, row.pack, row.price, None)
            place.append(Offer(row.product, row.enterprise, terms, row.cut))
            left[row.product] = row.left
    places = {
        place: PlaceOffers(low, high, tuple(offers), project.other_excludes_fixed)
        for (place, low, high), offers in by_place.items()
    }
    return places, left


def load_rows(filings: Iterable[Filing]) -> list[OpenRow]:
    """The rows to allocate of these institutions by path and position, with their lines; two statements."""
    which = [filing.pk for filing in filings]
    return _with_lines(sql.open_rows(which), sql.saved_lines(which))


def load_these(which: Sequence[int]) -> list[OpenRow]:
    """The same of these rows to allocate, by id; two statements."""
    return _with_lines(sql.these_rows(which), sql.their_lines(which))


def _with_lines(found: Sequence[tuple[Any, ...]], lines: Sequence[sql.SavedLine]) -> list[OpenRow]:
    rows = {row.pk: row for row in map(_row, found)}
    for row_id, slot, product, contract, reserved in lines:
        if row_id in rows:
            rows[row_id].lines[Slot(slot)][product] = Saved(contract, reserved)
    return list(rows.values())


def _row(values: tuple[Any, ...]) -> OpenRow:
    pk, filing, path, item, group, province, usage, *rest = values
    *numbers, unplaced, confirmed = rest
    return OpenRow(
        pk, filing, path, item, (group, province), usage,
        quantities=dict(zip(PENDING_SLOTS, numbers[:3], strict=True)),
        states={slot: SlotState(state) for slot, state in zip(PENDING_SLOTS, numbers[3:6], strict=True)},
        moved=dict(zip(FIXED_SLOTS, numbers[6:], strict=True)),
        unplaced=unplaced,
        is_confirmed=confirmed,
    )  # fmt: skip
