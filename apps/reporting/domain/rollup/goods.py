"""The catalogue as questions see it: keys of items by each dimension, and units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.rollup.question import GOODS, Dimension, Header

FIELDS: Mapping[Dimension, str] = {
    Dimension.VARIETY: "variety",
    Dimension.ITEM: "item_code",
    Dimension.MANUFACTURER: "manufacturer_name",
    Dimension.PRODUCT_GROUP: "product_group",
}


class Key(NamedTuple):
    """Goods that count together: of a row, of a group of rows, of a column; `None` leaves an axis open."""

    row: str | None = None
    group: str | None = None
    column: str | None = None


ALL = Key()


class Axes(NamedTuple):
    """What rows, their groups and columns are told apart by."""

    rows: Dimension
    columns: Dimension | None = None
    groups: Dimension | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue; its label says in which unit it is counted."""

    pk: int
    keys: Mapping[Dimension, str]
    label: str
    unit: int


@dataclass(frozen=True)
class Goods:
    """The items that count in a question, in the order of the catalogue; units are numbered from 1."""

    items: Sequence[Item]
    is_narrowed: bool = False

    def narrowed(self, filters: Mapping[Dimension, Iterable[str]]) -> "Goods":
        """By whatever of `filters` is about goods."""
        wanted = {
            dimension: set(filters[dimension]) for dimension in GOODS if filters.get(dimension)
        }
        if not wanted:
            return self
        items = [
            item
            for item in self.items
            if all(item.keys[dimension] in keys for dimension, keys in wanted.items())
        ]
        return Goods(items, is_narrowed=True)

    @property
    def units(self) -> set[int]:
        return {item.unit for item in self.items}

    def cells(self, axes: Axes) -> dict[Key, list[Item]]:
        """The items of each cell, in their order."""
        by_cell: dict[Key, list[Item]] = {}
        for item in self.items:
            by_cell.setdefault(Key(_of(item, axes.rows), None, _of(item, axes.columns)), []).append(
                item
            )
        return by_cell

    def unions(self, axes: Axes) -> dict[Key, list[Item]]:
        """The items of whole rows, columns and groups of rows, and all that a filter leaves: beside the cells.

        Institutions that want any of them can't be added up from cells.
        """
        by_union: dict[Key, list[Item]] = {}
        for item in self.items:
            row, column = _of(item, axes.rows), _of(item, axes.columns)
            group = _of(item, axes.groups)
            keys = {Key(row), Key(None, None, column), ALL} - {Key(row, None, column)}
            if group is not None:
                keys |= {Key(None, group, column), Key(None, group)}
            for key in keys:
                by_union.setdefault(key, []).append(item)
        if not self.is_narrowed:
            by_union.pop(ALL, None)
        return by_union

    def headers(self, dimension: Dimension) -> list[Header]:
        labels: dict[str, str] = {}
        for item in self.items:
            key = item.keys[dimension]
            labels.setdefault(key, item.label if dimension == Dimension.ITEM else key)
        return [Header(key, label) for key, label in labels.items()]


def _of(item: Item, dimension: Dimension | None) -> str | None:
    return item.keys[dimension] if dimension in GOODS else None


def catalogue_of(project: Project) -> Goods:
    """All items of a project; one statement."""
    rows = list(
        CatalogItem.objects.filter(project=project)
        .order_by("position", "pk")
        .values("pk", *FIELDS.values(), "specification", "unit")
    )
    units: dict[str, int] = {}
    items = [
        Item(
            row["pk"],
            {dimension: row[name] for dimension, name in FIELDS.items()},
            f"{row['variety']} {row['specification']}（{row['unit']}）",
            units.setdefault(row["unit"], len(units) + 1),
        )
        for row in rows
    ]
    return Goods(items)
