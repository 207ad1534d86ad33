"""The catalogue as questions see it: keys of items by each dimension, units and exact prices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.projects.models import CatalogItem, Project
from apps.reporting.totals.freezing import Prices, priced

from .question import GOODS, Dimension, Header

FIELDS: Mapping[Dimension, str] = {
    Dimension.VARIETY: "variety",
    Dimension.ITEM: "item_code",
    Dimension.MANUFACTURER: "manufacturer_name",
    Dimension.PRODUCT_GROUP: "product_group",
}
Key = tuple[str | None, str | None]
"""Of rows and of columns; `None` where that is no dimension of goods, or where all of it counts together."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue; `weight` is its price as in `Prices`, `None` without one."""

    pk: int
    keys: Mapping[Dimension, str]
    label: str
    unit: str
    weight: Decimal | None


@dataclass(frozen=True)
class Goods:
    """The items that count in a question, in the order of the catalogue."""

    items: Sequence[Item]
    parts: int
    is_narrowed: bool

    @property
    def units(self) -> list[int]:
        """Of each item the number of its unit, from 1."""
        numbers: dict[str, int] = {}
        return [numbers.setdefault(item.unit, len(numbers) + 1) for item in self.items]

    def keyed(self, rows: Dimension, columns: Dimension | None) -> list[Key]:
        """Of each item, where it stands in the table."""
        own = [dimension if dimension in GOODS else None for dimension in (rows, columns)]
        return [
            (
                item.keys[own[0]] if own[0] else None,
                item.keys[own[1]] if own[1] else None,
            )
            for item in self.items
        ]

    def headers(self, dimension: Dimension) -> list[Header]:
        found = {item.keys[dimension]: item for item in reversed(self.items)}
        order = dict.fromkeys(item.keys[dimension] for item in self.items)
        named = dimension == Dimension.ITEM
        return [Header(key, found[key].label if named else key) for key in order]


def goods_of(project: Project, filters: Mapping[Dimension, Iterable[str]]) -> Goods:
    """Narrowed by whatever of `filters` is about goods; one statement."""
    rows = list(
        CatalogItem.objects.filter(project=project)
        .order_by("position", "pk")
        .values("pk", *FIELDS.values(), "specification", "unit", "reference_price", "pack_quantity")
    )
    prices: Prices = priced((r["pk"], r["reference_price"], r["pack_quantity"]) for r in rows)
    wanted = {each: set(filters[each]) for each in GOODS if filters.get(each)}
    items = [
        Item(
            row["pk"],
            {dimension: row[name] for dimension, name in FIELDS.items()},
            f"{row['variety']} {row['specification']}",
            row["unit"],
            prices.weights.get(row["pk"]),
        )
        for row in rows
        if all(row[FIELDS[dimension]] in keys for dimension, keys in wanted.items())
    ]
    return Goods(items, prices.parts, bool(wanted))
