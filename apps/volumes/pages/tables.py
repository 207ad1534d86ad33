"""Tables of bases, agreed volumes, units below and comparisons."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.ui import formats
from apps.ui.tables import CellColumn, Column, ListTable, NumberColumn, QuantityColumn
from apps.volumes.domain.figures import per_cent, plain
from apps.volumes.domain.grouped import By
from apps.volumes.domain.rules.what_if import Comparison
from apps.volumes.models import AgreedQuantity, AgreedTerms, WinnerShare

AGREED_SUMS = ("agreed", "kept", "pending")


class ExactColumn(NumberColumn):
    """A decimal without trailing zeros."""

    def render(self, value: Any) -> str:
        return plain(value)


class ShareColumn(NumberColumn):
    """A part of 1, in per cent."""

    def render(self, value: Any) -> str:
        return per_cent(value)


class BaseTable(ListTable):
    """计算基数 of one unit, item by item."""

    caption = "计算基数"
    empty_title = "没有符合条件的品规"
    empty_hint = "换一个条件，或点“重置”。"
    rows_per_page = 50

    item = CellColumn("volumes/_item.html", verbose_name="品规", accessor="item")
    competition_unit = Column(
        verbose_name="竞争单元", accessor="item__competition_unit", attrs={"td": {"class": "minor"}}
    )
    unit = Column(verbose_name="单位", accessor="item__unit", orderable=False)
    quantity = QuantityColumn(verbose_name="填报量合计")
    coefficient = ExactColumn(verbose_name="折算系数")
    main = Column(verbose_name="主规格", accessor="main", orderable=False)
    converted = ExactColumn(verbose_name="折合主规格")

    def render_main(self, record: Any) -> str:
        return (
            f"{record.main.item_code} {record.main.specification}" if record.is_converted else "—"
        )


class GroupTable(ListTable):
    """Sums per main specification or lot, in units of the main specification."""

    caption = "合计"
    empty_title = "没有符合条件的品规"
    empty_hint = "换一个条件，或点“重置”。"
    rows_per_page = 50

    name = CellColumn("volumes/_group.html", verbose_name="主规格", orderable=True)
    unit = Column(verbose_name="单位", orderable=False)
    parts = CellColumn(
        "volumes/_group_parts.html",
        verbose_name="折算（品规 × 系数，填报量）",
        attrs={"td": {"class": "wrap"}},
    )
    base = ExactColumn(verbose_name="计算基数（折合主规格）")
    agreed = ExactColumn(verbose_name="约定采购量（折合主规格）")
    kept = ExactColumn(verbose_name="保留量（折合主规格）")
    pending = ExactColumn(verbose_name="待分配（调剂）量（折合主规格）")

    def __init__(self, *args: Any, by: By, of_base: bool, **kwargs: Any) -> None:
        """`of_base`: of calculation bases, which have nothing that is agreed."""
        self.by = by
        super().__init__(*args, exclude=AGREED_SUMS if of_base else (), **kwargs)
        if by == By.LOT:
            self.columns["name"].column.verbose_name = "标的"


class AgreedTable(ListTable):
    """约定采购量 of one unit, item by item."""

    caption = "约定采购量"
    empty_title = "没有符合条件的品规"
    empty_hint = "换一个条件，或点“重置”；医疗机构只列出本机构填报的品规。"
    rows_per_page = 50

    item = CellColumn("volumes/_agreed_item.html", verbose_name="品规", accessor="item")
    unit = Column(verbose_name="单位", accessor="item__unit", orderable=False)
    base = ExactColumn(verbose_name="计算基数", accessor="held__base")
    winners = NumberColumn(verbose_name="中选企业", accessor="terms__winners")
    ratio = ShareColumn(verbose_name="带量比例", accessor="terms__ratio")
    agreed = QuantityColumn(verbose_name="约定采购量", accessor="held__agreed")
    kept = QuantityColumn(verbose_name="保留量", accessor="held__kept")
    pending = QuantityColumn(verbose_name="待分配（调剂）量", accessor="held__pending")
    coefficient = ExactColumn(verbose_name="折算系数", accessor="terms__coefficient")
    converted = ExactColumn(verbose_name="约定采购量折合主规格")
    actions = CellColumn("volumes/_agreed_actions.html", verbose_name="操作", accessor="item")

    def render_winners(self, value: int) -> SafeString | str:
        return format_html("{} 家", value) if value else "无中选"


class BelowTable(ListTable):
    """One item over the units right below a bureau."""

    caption = "下级单位的约定采购量"
    empty_title = "没有符合条件的单位"
    empty_hint = "没有填报这个品规的单位不列出。"

    name = CellColumn(
        "volumes/_unit.html",
        verbose_name="单位",
        orderable=True,
        order_by=("filing__organization__sort_key",),
        accessor="filing__organization__name",
    )
    base = ExactColumn(verbose_name="计算基数")
    before = ExactColumn(verbose_name="取整前", accessor="pk", orderable=False)
    agreed = QuantityColumn(verbose_name="约定采购量")
    kept = QuantityColumn(verbose_name="保留量")
    pending = QuantityColumn(verbose_name="待分配（调剂）量")

    def __init__(self, *args: Any, terms: AgreedTerms, **kwargs: Any) -> None:
        self.terms = terms
        super().__init__(*args, **kwargs)

    def render_before(self, record: AgreedQuantity) -> str:
        return plain(record.base * self.terms.ratio)


class ComparisonTable(ListTable):
    """What-if: before and after, nationally."""

    caption = "试算对比"
    empty_title = "没有符合条件的品规"
    rows_per_page = 50

    item = CellColumn(
        "volumes/_compared_item.html", verbose_name="品规", accessor="item", orderable=False
    )
    unit = Column(verbose_name="单位", accessor="item__unit", orderable=False)
    base = ExactColumn(verbose_name="计算基数")
    ratio_before = Column(verbose_name="现比例", accessor="before", orderable=False)
    was = QuantityColumn(verbose_name="现约定量", accessor="was__agreed")
    kept = QuantityColumn(verbose_name="现保留量", accessor="was__kept")
    ratio_after = Column(verbose_name="试算比例", accessor="after", orderable=False)
    becomes = QuantityColumn(verbose_name="试算约定量", accessor="becomes__agreed")
    keeps = QuantityColumn(verbose_name="试算保留量", accessor="becomes__kept")
    difference = NumberColumn(verbose_name="增减")

    def render_ratio_before(self, value: Any) -> str:
        return per_cent(value.ratio)

    def render_ratio_after(self, value: Any) -> str:
        return per_cent(value.ratio)

    def render_difference(self, value: int, record: Comparison) -> str:
        return f"{value:+,}" if value else formats.whole(0)


class VacancyTable(ListTable):
    """名次无企业: what a rank of a competition unit would have."""

    caption = "名次无企业"
    empty_title = "没有空缺的名次"
    empty_hint = "按名次分配的竞争单元，每个名次都有中选企业。"

    competition_unit = Column(verbose_name="竞争单元")
    rank = NumberColumn(verbose_name="名次")
    quantity = ExactColumn(verbose_name="约定采购量（按主规格折算）")
    unit = Column(verbose_name="单位", orderable=False)

    class Meta(ListTable.Meta):
        model = WinnerShare
        fields: tuple[str, ...] = ()
