"""Designating the enterprises of the fixed slots, group by group and province by province (rules §3a.3).

Invariant: only groups that somebody has volumes in are designated; a tie without a pick designates nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Sum

from apps.allocation.domain.designation import (
    Designation,
    Offer,
    designate,
    highest_cut,
    lowest_cost,
    sole_enterprise,
)
from apps.allocation.domain.publication.winners import Winner, by_group
from apps.allocation.models import DesignationPick, Slot, VolumePlace
from apps.projects.models import Project

Picks = Mapping[tuple[str, str, str], int]


@dataclass(frozen=True, slots=True)
class Place:
    """A product group in a province (its path), with the number of rows that it concerns."""

    product_group: str
    province: str
    rows: int


@dataclass(frozen=True, slots=True)
class Designated:
    place: Place
    designation: Designation
    sole: bool


@dataclass(frozen=True, slots=True)
class Tie:
    """Enterprises that share a fixed slot in one place, until the alliance names one of them."""

    place: Place
    slot: Slot
    enterprises: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the winning results come to in all `places`."""

    places: tuple[Place, ...]
    designated: tuple[Designated, ...]
    ties: tuple[Tie, ...]
    without_winner: tuple[Place, ...]


def places_of(project: Project) -> list[Place]:
    """Every group × province with imported volumes."""
    rows = (
        VolumePlace.objects.filter(project=project, rows__gt=0)
        .values_list("item__product_group", "path")
        .annotate(count=Sum("rows"))
        .order_by("item__product_group", "path")
    )
    return [Place(*row) for row in rows]


def picks_of(project: Project) -> dict[tuple[str, str, str], int]:
    """By group, province path and slot, the enterprise that the alliance named."""
    picks = DesignationPick.objects.filter(project=project)
    return {
        (group, path, slot): enterprise
        for group, path, slot, enterprise in picks.values_list(
            "product_group", "path", "slot", "enterprise_id"
        )
    }


def standing_of(places: Sequence[Place], winners: Sequence[Winner], picks: Picks) -> Standing:
    """Designate every place. Supplies repeat over provinces, so each set of offers is compared once."""
    groups = by_group(winners)
    designated, ties, without = [], [], []
    for place in places:
        offers = tuple(
            winner.offer
            for winner in groups.get(place.product_group, ())
            if winner.supplies(place.province)
        )
        if not offers:
            without.append(place)
            continue
        open_ties = _ties(place, offers, picks)
        ties += open_ties
        if not open_ties:
            designated.append(_designated(place, offers, picks))
    return Standing(tuple(places), tuple(designated), tuple(ties), tuple(without))


@lru_cache(maxsize=1_000)
def _sharing(offers: tuple[Offer, ...], slot: Slot) -> tuple[int, ...]:
    enterprises = lowest_cost(offers) if slot == Slot.LOWEST else highest_cut(offers)
    return tuple(int(enterprise) for enterprise in enterprises)


def _ties(place: Place, offers: tuple[Offer, ...], picks: Picks) -> list[Tie]:
    ties = []
    for slot in (Slot.LOWEST, Slot.HIGHEST):
        sharing = _sharing(offers, slot)
        if len(sharing) > 1 and _pick(place, slot, picks) not in sharing:
            ties.append(Tie(place, slot, sharing))
    return ties


def _designated(place: Place, offers: tuple[Offer, ...], picks: Picks) -> Designated:
    designation = designate(
        offers,
        lowest_pick=_pick(place, Slot.LOWEST, picks),
        highest_pick=_pick(place, Slot.HIGHEST, picks),
    )
    return Designated(place, designation, sole_enterprise(offers))


def _pick(place: Place, slot: Slot, picks: Picks) -> int | None:
    return picks.get((place.product_group, place.province, slot.value))
