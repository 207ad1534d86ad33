"""Columns that several lists share."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.domain.quantities import price, shown
from apps.allocation.models import CapacityPool
from apps.projects.domain.packs import packs_in_words
from apps.projects.models import PackRounding
from apps.ui.tables import CellColumn, Column, NumberColumn
from apps.ui.tones import pill


class ItemColumn(CellColumn):
    """The heading of a row: variety, and below it code and specification. `item` leads to the catalogue item."""

    def __init__(
        self, item: str = "item", *, template: str = "allocation/_item.html", **kwargs: Any
    ) -> None:
        kwargs.setdefault("verbose_name", "品种 / 规格")
        kwargs.setdefault("order_by", (f"{item}__pinyin", f"{item}__item_code"))
        kwargs.setdefault("attrs", {"td": {"class": "two-lines"}})
        super().__init__(template, accessor=item, orderable=True, **kwargs)


class ExactColumn(NumberColumn):
    """A Decimal or Fraction with as many decimals as it needs, at most `places`."""

    def __init__(self, *, places: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places

    def render(self, value: Any) -> str:
        return shown(Fraction(value), self.places)


class PriceColumn(NumberColumn):
    """A price in yuan: two decimals, up to four where it has them."""

    def render(self, value: Any) -> str:
        return price(value)


class PackedColumn(CellColumn):
    """A quantity with its unit, and below it the whole packs that it makes.

    `quantity_of` gives quantity, unit and pack of a record. `ordered`: it is what is ordered of a product, so its
    packs follow the rule of the table's `project`; of parts and of sums the packs are those that are full.
    """

    def __init__(
        self,
        quantity_of: Callable[[Any], tuple[int, str, int | None]],
        *,
        ordered: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("orderable", True)
        kwargs.setdefault("attrs", {"th": {"class": "end"}, "td": {"class": "end"}})
        super().__init__("allocation/_packed_quantity.html", **kwargs)
        self.quantity_of = quantity_of
        self.ordered = ordered

    def render(self, record: Any, table: Any, **kwargs: Any) -> str:  # type: ignore[override]
        quantity, unit, pack = self.quantity_of(record)
        rule = table.project.pack_rounding if self.ordered else PackRounding.DOWN
        packs = packs_in_words(quantity, pack=pack, unit=unit, rule=rule)
        kwargs["value"] = {"quantity": quantity, "unit": unit, "packs": packs}
        return super().render(record=record, table=table, **kwargs)


class EnterpriseColumn(Column):
    """An enterprise, ordered by its pinyin; a long name takes two lines on a small screen."""

    def __init__(self, enterprise: str, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", "中选企业")
        kwargs.setdefault("attrs", {"td": {"class": "named"}})
        super().__init__(
            accessor=f"{enterprise}__name", order_by=(f"{enterprise}__sort_key",), **kwargs
        )


class StoppedColumn(Column):
    """Since when a product is not supplied: of a pool, or of a record that leads to one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(verbose_name="供应状态", orderable=False, empty_values=(), **kwargs)

    def render(self, value: Any, record: Any) -> SafeString | str:
        pool = record if isinstance(record, CapacityPool) else value
        return pill(pool.stop_words, "warning") if pool.stopped else pool.supply_words
