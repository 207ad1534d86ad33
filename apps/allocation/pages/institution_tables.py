"""The lists of an institution: what is supplied, what to confirm, what to allocate, what to report."""

from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.domain.reads import SUPPLY_RANKS
from apps.allocation.domain.wording import (
    SLOT_TITLES,
    row_mark,
    row_offer,
    selected_mark,
    slot_cell,
)
from apps.allocation.engine import daily_cost, rounded
from apps.allocation.models import AllocationRow, CapacityPool, Slot, SlotLine
from apps.allocation.pages.table_columns import (
    EnterpriseColumn,
    ExactColumn,
    ItemColumn,
    PackedColumn,
    PriceColumn,
    StoppedColumn,
)
from apps.ui import formats
from apps.ui.tables import CellColumn, Column, ListTable, NumberColumn, QuantityColumn
from apps.ui.tones import pill


def _contract(line: Any) -> tuple[int, str, int]:
    return line.contract, line.product.item.unit, line.pack


class SupplyTable(ListTable):
    """供应清单列表: every winning product that supplies the reader's province, with its terms and capacity."""

    caption = "供应清单"
    empty_title = "还没有供应清单"
    empty_hint = "项目发布后，供应本省的中选产品会列在这里。"

    item = ItemColumn("product__item")
    enterprise = EnterpriseColumn("product__enterprise")
    price = PriceColumn(verbose_name="包装中选价（元）", accessor="terms__price")
    pack = QuantityColumn(verbose_name="最小包装数量", accessor="terms__pack")
    cut = ExactColumn(verbose_name="降幅（%）", accessor="terms__cut")
    left = QuantityColumn(verbose_name="剩余产能", orderable=False, empty_values=())
    capacity = QuantityColumn(verbose_name="最大产能", empty_values=())
    product_group = Column(verbose_name="产品组", accessor="product__item__product_group")
    unified_code = Column(verbose_name="药品统一编码", accessor="product__item__unified_code")
    daily_usage = ExactColumn(verbose_name="日均使用量", accessor="terms__daily_usage")
    daily_cost = NumberColumn(verbose_name="日均使用金额（元）", accessor="terms", orderable=False)
    stopped = StoppedColumn(accessor="pk")
    supply_rank = Column(verbose_name="主供/备供", orderable=False)

    class Meta(ListTable.Meta):
        model = CapacityPool
        fields: tuple[str, ...] = ()

    def render_daily_cost(self, record: CapacityPool) -> str:
        return f"{rounded(daily_cost(record.terms_row), 2):,}"

    def render_capacity(self, value: int | None) -> str:
        return "不限" if value is None else formats.whole(value)

    render_left = render_capacity

    def render_supply_rank(self, value: str) -> str:
        return SUPPLY_RANKS[value]


class SelectedTable(ListTable):
    """中选产品采购量确认; below a product the item that was reported, where it is another one."""

    caption = "中选产品采购量"
    empty_title = "没有需要确认的中选产品"
    empty_hint = "本机构填报的产品都没有中选；请到“待分配量选择和确认”分配。"

    item = ItemColumn("product__item", template="allocation/_selected_item.html")
    enterprise = EnterpriseColumn("product__enterprise")
    contract = PackedColumn(_contract, verbose_name="中选产品确认量")
    amount = NumberColumn(verbose_name="合同金额（元）", accessor="contract", orderable=False)
    agreed = QuantityColumn(verbose_name="约定采购量", accessor="row__agreed")
    status = Column(verbose_name="状态", accessor="pk", orderable=False)
    pending = QuantityColumn(verbose_name="转待分配量", accessor="row__pending")
    reported = QuantityColumn(verbose_name="填报量", accessor="row__reported")
    unified_code = Column(verbose_name="药品统一编码", accessor="product__item__unified_code")
    stopped = StoppedColumn(accessor="product__pool")
    actions = CellColumn("allocation/_selected_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, reported: bool, **kwargs: Any) -> None:
        self.is_reported = reported
        super().__init__(*args, **kwargs)

    class Meta(ListTable.Meta):
        model = SlotLine
        fields: tuple[str, ...] = ()

    def render_amount(self, record: SlotLine) -> str:
        return f"{record.amount:,}"

    def render_status(self, record: SlotLine) -> SafeString:
        mark = selected_mark(record.row, reported=self.is_reported)
        return pill(mark.label, mark.tone)


class SlotColumn(CellColumn):
    """The quantity of one slot, its state, and 分量."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(
            "allocation/_slot_cell.html", verbose_name=SLOT_TITLES[slot], accessor="pk"
        )
        self.slot = slot

    def render(self, record: AllocationRow, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = slot_cell(record, self.slot)
        return super().render(record=record, **kwargs)


class OfferColumn(CellColumn):
    """确认 and 撤回, as far as the row's state lets the services carry them out."""

    def render(self, record: AllocationRow, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = row_offer(record)
        return super().render(record=record, **kwargs)


class PendingTable(ListTable):
    """待分配量选择和确认: one row per demand, three slots each with its 分量 (S1-22)."""

    caption = "待分配量"
    empty_title = "没有需要分配的数量"
    empty_hint = "本机构的约定采购量都已留给中选产品。"

    item = ItemColumn()
    pending = PackedColumn(
        lambda record: (record.pending, record.item.unit, record.item.pack_quantity),
        verbose_name="待分配量",
    )
    lowest = SlotColumn(Slot.LOWEST)
    highest = SlotColumn(Slot.HIGHEST)
    other = SlotColumn(Slot.OTHER)
    status = Column(verbose_name="状态", accessor="pk", orderable=False)
    product_group = Column(verbose_name="产品组", accessor="item__product_group")
    actions = OfferColumn("allocation/_pending_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, reported: bool, **kwargs: Any) -> None:
        self.is_reported = reported
        super().__init__(*args, **kwargs)

    class Meta(ListTable.Meta):
        model = AllocationRow
        fields: tuple[str, ...] = ()

    def render_status(self, record: AllocationRow) -> SafeString:
        mark = row_mark(record, reported=self.is_reported)
        return pill(mark.label, mark.tone)


class LineTable(ListTable):
    """分配采购量确认上报: every confirmed contract quantity, whatever it is for (S1-49)."""

    caption = "确认的分配明细"
    empty_title = "还没有已确认的明细"
    empty_hint = "确认中选产品采购量和待分配量之后，明细会列在这里。"

    item = ItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise")
    contract = PackedColumn(_contract, verbose_name="合同量")
    amount = NumberColumn(verbose_name="合同金额（元）", accessor="contract", orderable=False)
    slot = Column(verbose_name="分配项", orderable=False)
    source = ItemColumn("row__item", verbose_name="分配来源")
    price = PriceColumn(
        verbose_name="包装中选价（元）", accessor="price", order_by=("product__pool__terms__price",)
    )
    unified_code = Column(verbose_name="药品统一编码", accessor="product__item__unified_code")
    stopped = StoppedColumn(accessor="product__pool")

    class Meta(ListTable.Meta):
        model = SlotLine
        fields: tuple[str, ...] = ()

    def render_slot(self, record: SlotLine) -> str:
        return SLOT_TITLES[Slot(record.slot)]

    def render_amount(self, record: SlotLine) -> str:
        return f"{record.amount:,}"
