"""Where products are delivered and where not yet: a fold over the tree of units. Knows no database.

A place counts as covered when a distributor has agreed to deliver to it, or to what contains it. What is missing is
named as high up as possible: a province in which nobody delivers is one name, not a hundred counties.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from apps.distribution.domain.relations.directory import Unit, direct_name
from apps.distribution.models.relation_places import place_of
from apps.scope.paths import ancestors

State = Literal["whole", "part", "none"]
LABELS: dict[State, tuple[str, str]] = {
    "whole": ("已全覆盖", "success"),
    "part": ("部分覆盖", "warning"),
    "none": ("尚无配送", "danger"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in which nobody has agreed to deliver."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Cover:
    """How far a product is delivered: what is missing, and who delivers."""

    state: State
    gaps: tuple[Gap, ...]
    carriers: tuple[str, ...]

    @property
    def label(self) -> str:
        return LABELS[self.state][0]

    @property
    def tone(self) -> str:
        return LABELS[self.state][1]


class Land:
    """The units below and at some tops, as a tree."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._children: dict[str, list[Unit]] = defaultdict(list)
        known = {unit.path for unit in units}
        self.tops = [unit for unit in units if unit.parent not in known]
        for unit in units:
            self._children[unit.parent].append(unit)

    def gaps(self, places: Collection[str], tops: Iterable[Unit] | None = None) -> list[Gap]:
        """What is missing below the tops (all by default), given the places that somebody delivers to."""
        covered = set(places)
        touched = places_above(covered)
        gaps: list[Gap] = []
        for top in self.tops if tops is None else tops:
            if covered.isdisjoint(ancestors(top.path)):
                self._collect(top, covered, touched, gaps)
        return gaps

    def _collect(self, unit: Unit, covered: set[str], touched: set[str], gaps: list[Gap]) -> None:
        if unit.path in covered:
            return
        if unit.path not in touched:
            gaps.append(Gap(unit.path, unit.name))
            return
        direct = place_of(unit.path, direct=True)
        if direct not in covered:
            gaps.append(Gap(direct, direct_name(unit)))
        for child in self._children[unit.path]:
            self._collect(child, covered, touched, gaps)

    def cover(
        self, places: Collection[str], carriers: Iterable[str], tops: Sequence[Unit] | None = None
    ) -> Cover:
        tops = self.tops if tops is None else list(tops)
        gaps = self.gaps(places, tops)
        paths = {gap.path for gap in gaps}
        state: State = "whole" if not gaps else "part"
        if gaps and all(top.path in paths for top in tops):
            state = "none"
        return Cover(state, tuple(gaps), tuple(dict.fromkeys(carriers)))


def places_above(places: Iterable[str]) -> set[str]:
    """Everything above some places; each is visited once, however many lie below it."""
    containing: set[str] = set()
    for place in places:
        above = place[: place.rfind("/", 0, -1) + 1]
        while len(above) > 1 and above not in containing:
            containing.add(above)
            above = above[: above.rfind("/", 0, -1) + 1]
    return containing
