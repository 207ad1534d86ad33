"""How far products are delivered, and who delivers to an institution."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.allocation.models import SupplyTotal
from apps.allocation.pages.table_columns import EnterpriseColumn, ItemColumn, PackedColumn
from apps.distribution.domain.relations.coverage import Cover
from apps.distribution.models import DeliveryRelation
from apps.distribution.pages.table_columns import UnsortedItemColumn
from apps.projects.models import WinningProduct
from apps.ui.tables import CellColumn, Column, ListTable
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}
NAMED = 6


def some(names: Sequence[str], unit: str) -> str:
    """The first few names, and how many more."""
    shown = "、".join(names[:NAMED])
    return f"{shown} 等 {len(names):,} {unit}" if len(names) > NAMED else shown


def _mark(relation: DeliveryRelation) -> SafeString | str:
    return pill("账号已禁用，待更换", "warning") if relation.needs_replacement else ""


class CoverageTable(ListTable):
    """One row for each winning product; `covers` come once the page is known."""

    caption = "配送覆盖"
    empty_title = "没有中选产品"
    empty_hint = "分量项目发布后，供应本地区的中选产品会列在这里。"

    item = ItemColumn("item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("enterprise", verbose_name="生产企业")
    state = Column(verbose_name="覆盖情况", accessor="pk", orderable=False)
    carriers = Column(verbose_name="配送企业", accessor="pk", orderable=False, attrs=WRAP)
    gaps = Column(verbose_name="尚未覆盖", accessor="pk", orderable=False, attrs=WRAP)
    supplied = Column(verbose_name="供应省", orderable=False, attrs={"td": {"class": "wrap minor"}})
    project = Column(
        verbose_name="项目",
        accessor="project__code",
        orderable=False,
        attrs={"td": {"class": "minor"}},
    )
    actions = CellColumn("distribution/_coverage_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = WinningProduct
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.covers: Mapping[int, Cover] = {}

    def page_rows(self) -> list[WinningProduct]:
        return [row.record for row in self.paginated_rows]

    def render_state(self, value: int) -> SafeString:
        cover = self.covers[value]
        return pill(cover.label, cover.tone)

    def render_carriers(self, value: int) -> str:
        return some(self.covers[value].carriers, "家") or "—"

    def render_gaps(self, value: int) -> str:
        return some([gap.name for gap in self.covers[value].gaps], "处") or "—"


class DelivererTable(ListTable):
    """Who delivers to the institution what it agreed to take; `deliverers` come once the page is known."""

    caption = "配送企业查询"
    empty_title = "还没有协议采购量"
    empty_hint = "本机构的分量上报之后，各中选产品由谁配送会列在这里。"

    item = UnsortedItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise", verbose_name="生产企业", orderable=False)
    quantity = PackedColumn(
        lambda record: (record.quantity, record.product.item.unit, None),
        verbose_name="协议采购量",
        orderable=False,
    )
    carriers = Column(verbose_name="配送企业", accessor="product_id", orderable=False, attrs=WRAP)
    project = Column(
        verbose_name="项目", accessor="filing__project__name", orderable=False, attrs=WRAP
    )

    class Meta(ListTable.Meta):
        model = SupplyTotal
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deliverers: Mapping[int, Sequence[DeliveryRelation]] = {}

    def page_rows(self) -> list[SupplyTotal]:
        return [row.record for row in self.paginated_rows]

    def render_carriers(self, value: int) -> SafeString:
        relations = self.deliverers.get(value, ())
        if not relations:
            return pill("尚无配送企业", "warning")
        return format_html_join(
            "", "<div>{}（{}）{}</div>", ((r.carrier, r.place, _mark(r)) for r in relations)
        )
