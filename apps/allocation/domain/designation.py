"""Which enterprises own the fixed slots of a product group in a province (rules §3a.3-4).

Invariant: an enterprise is designated by exact comparison or by the alliance's tick, never by
the order of rows. The caller passes the winning products of one group that supply one province.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.allocation.engine import Row, daily_cost

EnterpriseKey = int | str


class NoWinner(ValueError):
    """The group has no winner here: its rows are excluded and listed."""


class TiedDesignation(ValueError):
    """Several enterprises share the place: publication waits for the alliance's 指定."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One winning product; `cut` is the imported price cut in percent (降幅)."""

    enterprise: EnterpriseKey
    terms: Row
    cut: Decimal

    def __post_init__(self) -> None:
        """A missing price would win every comparison (rules §3a.3)."""
        if self.terms.price <= 0:
            raise ValueError("the price of an offer must be positive")


@dataclass(frozen=True, slots=True)
class Designation:
    """The enterprises of the two fixed slots; each slot lists all their offers in the group."""

    lowest: EnterpriseKey
    highest: EnterpriseKey

    @property
    def merged(self) -> bool:
        """The lowest-cost slot is not shown when both are one enterprise (S1-26)."""
        return self.lowest == self.highest


def lowest_cost(offers: Sequence[Offer]) -> tuple[EnterpriseKey, ...]:
    """Enterprises with the lowest daily cost of the group, several on a tie (S1-27)."""
    return _first(offers, lambda offer: -daily_cost(offer.terms))


def highest_cut(offers: Sequence[Offer]) -> tuple[EnterpriseKey, ...]:
    """Enterprises with the highest price cut of the group, several on a tie (S1-28)."""
    return _first(offers, lambda offer: Fraction(offer.cut))


def designate(
    offers: Sequence[Offer],
    *,
    lowest_pick: EnterpriseKey | None = None,
    highest_pick: EnterpriseKey | None = None,
) -> Designation:
    """Name the enterprise of each fixed slot; a pick (指定) only decides between the tied.

    Raises NoWinner without offers, TiedDesignation on a tie no valid pick decides.
    """
    return Designation(
        lowest=_decide(lowest_cost(offers), lowest_pick),
        highest=_decide(highest_cut(offers), highest_pick),
    )


def sole_enterprise(offers: Sequence[Offer]) -> bool:
    """One enterprise in the group: the highest-cut slot takes all of P (rules §3a.2)."""
    return len({offer.enterprise for offer in offers}) == 1


def _first(offers: Sequence[Offer], rank: Callable[[Offer], Fraction]) -> tuple[EnterpriseKey, ...]:
    if not offers:
        raise NoWinner("the group has no winning product here")
    best = max(map(rank, offers))
    return tuple(dict.fromkeys(offer.enterprise for offer in offers if rank(offer) == best))


def _decide(tied: tuple[EnterpriseKey, ...], pick: EnterpriseKey | None) -> EnterpriseKey:
    if len(tied) == 1:
        return tied[0]
    if pick is not None and pick in tied:
        return pick
    raise TiedDesignation(f"{len(tied)} enterprises share the place")
