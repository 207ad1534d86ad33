"""The lists of bureaus, enterprises and the alliance: agreements, volumes, designations, capacities."""

from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.models import AllocationRow, CapacityPool, SupplyTotal
from apps.allocation.pages.table_columns import (
    EnterpriseColumn,
    ItemColumn,
    PackedColumn,
    PriceColumn,
    StoppedColumn,
)
from apps.projects.models import Project
from apps.review.domain.labels import status_text, status_tone
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MoneyColumn,
    QuantityColumn,
    SelectColumn,
)
from apps.ui.tones import pill


def _agreed_of(record: SupplyTotal) -> tuple[int, str, int | None]:
    return record.quantity, record.product.item.unit, record.product.pool.terms.pack


class AgreementTable(ListTable):
    """中选企业协议量明细: one row per institution and winning product (S0-29)."""

    caption = "中选企业协议量明细"
    empty_title = "还没有协议量"
    empty_hint = "医疗机构上报分量之后，协议采购量会列在这里；退回期间不计入。"

    institution = Column(
        verbose_name="医疗机构",
        accessor="filing__organization__name",
        order_by=("filing__organization__sort_key",),
    )
    item = ItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise")
    quantity = PackedColumn(_agreed_of, ordered=True, verbose_name="协议采购量")
    amount = MoneyColumn(verbose_name="合同金额（元）", orderable=False)
    region = Column(
        verbose_name="地区", accessor="filing__organization__division__name", order_by=("path",)
    )
    status = Column(verbose_name="申报状态", accessor="filing", orderable=False)
    lot = Column(verbose_name="标的", accessor="product__item__lot")
    price = PriceColumn(verbose_name="包装中选价（元）", accessor="product__pool__terms__price")
    stopped = StoppedColumn(accessor="product__pool")
    actions = CellColumn("allocation/_agreement_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = SupplyTotal
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        self.project = project
        super().__init__(*args, **kwargs)

    def render_status(self, record: SupplyTotal) -> SafeString:
        return pill(status_text(record.filing), status_tone(record.filing))


class ProvinceTotalTable(AgreementTable):
    """What an enterprise sees before 办结: its products by province, no institution."""

    caption = "各省协议量合计"
    empty_hint = "各省提交分量之后，合计会列在这里；办结之后可以看到医疗机构的明细。"

    institution = Column(
        verbose_name="省份", accessor="filing__organization__name", order_by=("path",)
    )
    quantity = PackedColumn(_agreed_of, verbose_name="协议采购量")
    institutions = QuantityColumn(verbose_name="医疗机构（家）")

    class Meta(AgreementTable.Meta):
        exclude = ("region",)


class VolumeTable(ListTable):
    """分配量: what each institution reported, and what it comes to."""

    caption = "分配量"
    empty_title = "还没有分配量"
    empty_hint = "导入各机构的填报量后，约定采购量、确认量和待分配量会按项目政策算出。"

    select = SelectColumn(name_of=lambda record: f"{record.organization.name} {record.item}")
    institution = Column(
        verbose_name="医疗机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    item = ItemColumn()
    reported = QuantityColumn(verbose_name="填报量")
    agreed = QuantityColumn(verbose_name="约定采购量")
    kept = QuantityColumn(verbose_name="中选产品确认量")
    pending = QuantityColumn(verbose_name="待分配量")
    lowest = QuantityColumn(verbose_name="日均费用最低")
    highest = QuantityColumn(verbose_name="降幅最高")
    other = QuantityColumn(verbose_name="其他中选")
    unit = Column(verbose_name="单位", accessor="item__unit", orderable=False)
    given = Column(verbose_name="数量来源", accessor="get_given_display", orderable=False)
    is_excluded = Column(verbose_name="说明", orderable=False, empty_values=())

    class Meta(ListTable.Meta):
        model = AllocationRow
        fields: tuple[str, ...] = ()

    def render_is_excluded(self, record: AllocationRow) -> SafeString | str:
        return pill("本省无中选，不参加分配", "warning") if record.is_excluded else ""


class PoolTable(ListTable):
    """产能: of each winning product what is confirmed, allocated and left."""

    caption = "中选产品产能"
    empty_title = "还没有产能数据"
    empty_hint = "项目发布时按中选结果建立；医疗机构保存分量后实时变化。"

    item = ItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise")
    stopped = CellColumn("allocation/_pool_stop.html", verbose_name="供应状态", accessor="pk")
    used = CellColumn("allocation/_pool_use.html", verbose_name="占用", accessor="pk")
    left = QuantityColumn(verbose_name="剩余产能", orderable=False, empty_values=())
    capacity = QuantityColumn(verbose_name="最大产能", empty_values=())
    fixed = QuantityColumn(verbose_name="中选产品确认量")
    allocated = QuantityColumn(verbose_name="已分配合同量")
    unit = Column(verbose_name="单位", accessor="product__item__unit", orderable=False)
    product_group = Column(verbose_name="产品组", accessor="product__item__product_group")

    class Meta(ListTable.Meta):
        model = CapacityPool
        fields: tuple[str, ...] = ()

    def render_capacity(self, value: int | None) -> str:
        return "不限" if value is None else formats.whole(value)

    render_left = render_capacity


class DesignationTable(ListTable):
    """固定份额企业: of each group the enterprises of the fixed slots, with the provinces that share them."""

    caption = "固定份额企业"
    empty_title = "还没有可以确定的产品组"
    empty_hint = "导入中选结果和分配量之后，各产品组日均费用最低和降幅最高的企业会列在这里。"

    product_group = Column(verbose_name="产品组")
    lowest = Column(verbose_name="日均费用最低", attrs={"td": {"class": "named"}})
    highest = Column(verbose_name="降幅最高", attrs={"td": {"class": "named"}})
    merged = Column(verbose_name="说明", accessor="words", orderable=False)
    provinces = Column(verbose_name="省份", orderable=False, attrs={"td": {"class": "wrap"}})
    rows: Any = QuantityColumn(verbose_name="涉及行数")
