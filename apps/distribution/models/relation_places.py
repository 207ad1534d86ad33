"""Where a relation delivers: a unit's whole subtree, or only the institutions hung directly under it (直属). Pure.

The rule of overlaps: of one product, one distributor's areas never contain one another (a province is chosen as a
whole, or some of its cities, or some of their counties); areas of different distributors may. A limit holds at every
place: the distributors of a county are those of the county, its city and its province.
"""

from collections.abc import Iterable, Mapping

from apps.scope.paths import is_within, lineage

DIRECT = "-/"
"""The last segment of a place that is only what hangs directly under a unit; no unit's code is `-`."""

Holders = Mapping[str, Iterable[int]]


def place_of(path: str, *, direct: bool) -> str:
    """The place of a unit: its own path, or the pseudo area 直属 below it."""
    return f"{path}{DIRECT}" if direct else path


def is_direct(place: str) -> bool:
    return place.endswith(f"/{DIRECT}")


def unit_path(place: str) -> str:
    """The path of the unit that the place is of."""
    return place.removesuffix(DIRECT) if is_direct(place) else place


def overlap(one: str, other: str) -> bool:
    """Whether one place contains the other, or they are the same."""
    return is_within(one, other) or is_within(other, one)


def serving(institution: str) -> list[str]:
    """Every place that an institution lies in, from the country down: whoever delivers there delivers to it."""
    above = lineage(institution)
    return [*above, place_of(above[-2], direct=True)]


def crowded(holders: Holders, limit: int) -> list[str]:
    """The places where more than `limit` distributors would deliver; `holders`: their ids by place."""
    places = []
    for place in holders:
        there = {one for above in lineage(place) for one in holders.get(above, ())}
        if len(there) > limit:
            places.append(place)
    return sorted(places)
