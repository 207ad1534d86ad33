"""A question as the statement sees it, and what the statement says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from apps.reporting.domain.rollup.goods import ALL, Axes, Goods, Item, Key
from apps.reporting.domain.rollup.question import FACETS, GOODS, Dimension

COLUMNS: Mapping[Dimension, str] = {
    Dimension.GRADE: "grade",
    Dimension.OWNERSHIP: "ownership",
    Dimension.KIND: "kind",
    Dimension.STATUS: "status",
}
FACETED = frozenset({*FACETS, Dimension.STATUS})
BY_PLACE = -1
"""Instead of the number of a place: the code of the place says where the institutions stand."""


class Found(NamedTuple):
    """What the statement says of one key of goods at one place, by facets; key -1 is everybody that reported.

    `unit_low` and `unit_high` are numbers of units, equal where nothing else was added, and read only where the key
    doesn't tell; `fen` is the amount, whole.
    """

    number: int
    place: str
    row_facet: str
    column_facet: str
    key: int
    quantity: int | None
    bought: int | None
    unit_low: int | None
    unit_high: int | None
    fen: Any
    institutions: int | None


@dataclass(frozen=True)
class BoundQuestion:
    """A question as the statement sees it; `filters` are those on facets, by their texts."""

    axes: Axes
    filters: Mapping[Dimension, Sequence[str]]
    goods: Goods

    @cached_property
    def has_goods(self) -> bool:
        return self.goods.is_narrowed or any(axis in GOODS for axis in self.axes)

    @cached_property
    def facets(self) -> tuple[Dimension | None, Dimension | None]:
        row, column = (axis if axis in FACETED else None for axis in self.axes[:2])
        return row, column

    @cached_property
    def has_facets(self) -> bool:
        return any(self.facets) or bool(self.filters)

    @cached_property
    def cells(self) -> dict[Key, list[Item]]:
        return self.goods.cells(self.axes) if self.has_goods else {ALL: list(self.goods.items)}

    @cached_property
    def unions(self) -> dict[Key, list[Item]]:
        return self.goods.unions(self.axes) if self.has_goods else {}

    @cached_property
    def keys(self) -> list[Key]:
        """By their numbers: cells first."""
        return [*self.cells, *self.unions]

    @cached_property
    def has_one_unit(self) -> bool:
        """Whether a key says which unit its items have."""
        return all(len({item.unit for item in items}) == 1 for items in self.cells.values())
