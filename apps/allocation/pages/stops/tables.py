"""Tables of stops, of what they moved in each institution, and of what an institution confirms."""

from typing import Any

from django.utils.safestring import SafeString

from apps.allocation.models import ProductStop, SlotLine, StopShare
from apps.allocation.pages.institution_tables import LineTable
from apps.allocation.pages.table_columns import EnterpriseColumn, ItemColumn
from apps.review.domain.labels import status_text, status_tone
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, QuantityColumn
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}


class StopTable(ListTable):
    """取消中选和暂停: every act, the latest first."""

    caption = "取消中选和暂停"
    empty_title = "没有取消中选或暂停的产品"
    empty_hint = "中选产品停止供应时，由联采办在“产能”中办理，办理后列在这里。"

    number = Column(verbose_name="序号")
    act = Column(verbose_name="事项", accessor="get_act_display", orderable=False)
    item = ItemColumn("product__item", verbose_name="中选产品")
    enterprise = EnterpriseColumn("product__enterprise", orderable=False)
    from_date = Column(verbose_name="自")
    replacement = CellColumn(
        "allocation/_stop_replacement.html", verbose_name="替补", accessor="pk"
    )
    filings = QuantityColumn(verbose_name="涉及机构")
    kept = QuantityColumn(verbose_name="原确认量")
    contract = QuantityColumn(verbose_name="原合同量")
    unplaced = QuantityColumn(verbose_name="未能分配（项）")
    reason = Column(verbose_name="原因", orderable=False, attrs=WRAP)
    at = MomentColumn(verbose_name="办理时间")
    by_name = Column(verbose_name="办理人", orderable=False)
    paper = CellColumn("allocation/_stop_file.html", verbose_name="依据文件", accessor="pk")
    actions = CellColumn("allocation/_stop_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = ProductStop
        fields: tuple[str, ...] = ()

    def render_number(self, value: Any) -> str:
        return f"第 {value} 号"

    def render_from_date(self, value: Any) -> str:
        return f"{value:%Y-%m-%d}"


class ShareTable(ListTable):
    """What a 取消中选 moved, institution by institution."""

    caption = "涉及的医疗机构"
    empty_title = "没有涉及的医疗机构"
    empty_hint = "没有机构确认或分配过这个产品；暂停不改动已有的数量。"

    institution = Column(
        verbose_name="医疗机构",
        accessor="filing__organization__name",
        order_by=("filing__organization__sort_key",),
    )
    kept = QuantityColumn(verbose_name="原确认量")
    contract = QuantityColumn(verbose_name="原合同量")
    instead = Column(verbose_name="替补承接", accessor="pk", orderable=False, attrs=WRAP)
    confirmed = Column(verbose_name="重新确认", accessor="pk", order_by=("confirmed_at",))
    status = Column(verbose_name="申报状态", accessor="filing", orderable=False)

    class Meta(ListTable.Meta):
        model = StopShare
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, instead: Any, **kwargs: Any) -> None:
        self.instead_of = instead
        super().__init__(*args, **kwargs)

    def render_instead(self, record: StopShare) -> str:
        return str(self.instead_of(record))

    def render_confirmed(self, record: StopShare) -> SafeString:
        if record.confirmed_at is None:
            return pill("待确认", "waiting")
        return pill("已确认", "success")

    def render_status(self, value: Any) -> SafeString:
        return pill(status_text(value), status_tone(value))


class AdjustedTable(LineTable):
    """What an institution has now in the rows that a 取消中选 touched."""

    caption = "取消中选调整"
    empty_title = "没有因取消中选而调整的明细"
    empty_hint = "中选产品取消中选时，本机构的相应数量由其他中选产品承接，列在这里确认。"

    class Meta(LineTable.Meta):
        model = SlotLine
