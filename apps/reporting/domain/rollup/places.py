"""Where figures stand: which bureau's figures answer a question, and for which row and column.

A bureau answers as a whole where all below it has one key; otherwise it is opened: its own institutions by the place
they stand under, and every bureau below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.organizations.models import Tier
from apps.reporting.domain.rollup.goods import Axes
from apps.reporting.domain.rollup.question import PLACES, Dimension
from apps.reporting.domain.rollup.tree import Bureau, Tree

Keys = tuple[str | None, str | None]
"""Of the row and the column; `None` where that is no dimension of places."""


@dataclass
class Sources:
    """What is read of one family of tables, by the ids of filings.

    `wholes` are bureaus with all below them, `own` the institutions right below a bureau, both with the number of
    their keys; `opened` are bureaus whose own institutions have the keys of the places they stand under.
    """

    wholes: dict[int, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)

    @property
    def filings(self) -> list[int]:
        return [*self.wholes, *self.own, *self.opened]


@dataclass
class Plan:
    """Which bureaus answer, from totals where they are frozen, otherwise from the summary.

    `keys` go by their number, `places` by the code of a place; `group_of` says in which group of rows a row is.
    """

    frozen: Sources = field(default_factory=Sources)
    working: Sources = field(default_factory=Sources)
    keys: list[Keys] = field(default_factory=list)
    places: dict[str, Keys] = field(default_factory=dict)
    shown: dict[Dimension, set[str]] = field(default_factory=dict)
    group_of: dict[str, str] = field(default_factory=dict)


def used_places(axes: Axes, filters: Mapping[Dimension, Sequence[str]]) -> list[Dimension]:
    """From the top down."""
    return [dimension for dimension in PLACES if dimension in axes or filters.get(dimension)]


class Planner:
    """Makes the plan of one question."""

    def __init__(
        self,
        tree: Tree,
        axes: Axes,
        filters: Mapping[Dimension, Sequence[str]],
        *,
        by_status: bool,
    ) -> None:
        self.tree, self.axes, self.by_status = tree, axes, by_status
        self.filters = {
            dimension: set(filters[dimension]) for dimension in PLACES if filters.get(dimension)
        }
        self.used = used_places(axes, filters)
        self.finest = self.used[-1] if self.used else None
        self.plan = Plan(shown={dimension: set() for dimension in self.used})
        self._numbers: dict[Keys, int] = {}
        self._known: dict[str, tuple[str, ...] | None] = {}
        self._at = [self.used.index(axis) if axis in self.used else None for axis in axes]

    def make(self) -> Plan:
        self._visit()
        if self.plan.frozen.opened or self.plan.working.opened:
            for unit in self.tree.units.values():
                keys = self._keys(unit.path)
                if keys is not None:
                    self.plan.places[unit.code] = self._pair(keys)
        return self.plan

    def _visit(self) -> None:
        """Bureaus from the top down; a frozen one holds what is frozen below it, and nothing else."""
        root = self.tree.bureaus[0]
        opened: dict[int | None, bool] = {}
        for bureau in self.tree.bureaus:
            holds = bureau is root or (
                bureau.parent in opened and (bureau.is_frozen or not opened[bureau.parent])
            )
            if holds and self._is_opened(bureau, is_root=bureau is root):
                opened[bureau.pk] = bureau.is_frozen and not self.by_status

    def _is_opened(self, bureau: Bureau, *, is_root: bool) -> bool:
        """Note what is read of a bureau; say whether bureaus below it are to be visited."""
        frozen = bureau.is_frozen and not self.by_status
        sources = self.plan.frozen if frozen else self.plan.working
        if not self.tree.is_whole(bureau, self.finest):
            if bureau.tier != Tier.ALLIANCE:
                sources.opened.append(bureau.pk)
            return True
        keys = self._keys(bureau.path)
        if keys is None:
            return False
        for dimension, key in zip(self.used, keys, strict=True):
            self.plan.shown[dimension].add(key)
        pair = self._pair(keys)
        number = self._numbers.setdefault(pair, len(self._numbers))
        if number == len(self.plan.keys):
            self.plan.keys.append(pair)
        at_work = is_root and not frozen and not self.by_status
        (sources.own if at_work else sources.wholes)[bureau.pk] = number
        return at_work

    def _keys(self, path: str) -> tuple[str, ...] | None:
        """Of a place the keys of all dimensions used; `None` where a filter leaves it out."""
        if path not in self._known:
            keys = tuple([self.tree.key(path, dimension) for dimension in self.used])
            is_left = not self.filters or all(
                key in self.filters.get(dimension, (key,))
                for dimension, key in zip(self.used, keys, strict=True)
            )
            self._known[path] = keys if is_left else None
        return self._known[path]

    def _pair(self, keys: tuple[str, ...]) -> Keys:
        """The keys of row and column; the row's group is noted."""
        row, column, group = self._at
        if row is not None and group is not None:
            self.plan.group_of[keys[row]] = keys[group]
        return None if row is None else keys[row], None if column is None else keys[column]
