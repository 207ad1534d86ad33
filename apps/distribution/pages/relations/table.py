"""Lists of relations, as each side sees them."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.allocation.pages.table_columns import EnterpriseColumn
from apps.distribution.models import ChainLink, DeliveryRelation
from apps.distribution.pages.table_columns import UnsortedItemColumn
from apps.ui.tables import (
    CellColumn,
    Column,
    LinksColumn,
    ListTable,
    MomentColumn,
    SelectColumn,
    StatusColumn,
)
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}


def _name(record: DeliveryRelation) -> str:
    return f"{record.product.item} {record.place} {record.carrier}"


class RelationTable(ListTable):
    """All columns; each viewer leaves out what is always its own."""

    caption = "配送关系"
    empty_title = "还没有配送关系"
    empty_hint = "生产企业选择并提交配送企业后，会列在这里。"

    select = SelectColumn(name_of=_name)
    item = UnsortedItemColumn("product__item", verbose_name="中选产品")
    project = Column(verbose_name="项目", accessor="project__code", orderable=False)
    manufacturer = EnterpriseColumn("manufacturer", verbose_name="生产企业", orderable=False)
    place = Column(verbose_name="配送地区", order_by=("path",))
    carrier = EnterpriseColumn("carrier", verbose_name="配送企业", orderable=False)
    status = StatusColumn(verbose_name="状态", accessor="status_label", orderable=False)
    reason = Column(verbose_name="原因", orderable=False, attrs=WRAP)
    submitted_at = MomentColumn(verbose_name="提交时间", orderable=False)
    answered_at = MomentColumn(
        verbose_name="答复时间", orderable=False, attrs={"td": {"class": "num minor"}}
    )
    actions = LinksColumn(("查看", "distribution:relation_detail"))

    class Meta(ListTable.Meta):
        model = DeliveryRelation
        fields: tuple[str, ...] = ()

    def render_status(self, record: DeliveryRelation) -> SafeString:
        look = record.status_label
        shown = pill(str(look.label), look.tone)
        if record.needs_replacement:
            return format_html("{} {}", shown, pill("需更换", "warning"))
        return shown


class ChainTable(ListTable):
    """下级配送链: links in force, the viewer's own first."""

    caption = "下级配送"
    empty_title = "还没有下级配送企业"
    empty_hint = "选择本省启用的配送企业作为下级，由其代为配送。"

    upper = EnterpriseColumn("upper__enterprise", verbose_name="配送企业", orderable=False)
    lower = EnterpriseColumn("lower__enterprise", verbose_name="下级配送企业", orderable=False)
    state = Column(verbose_name="下级账号", empty_values=(), orderable=False)
    note = Column(verbose_name="说明", orderable=False, attrs=WRAP)
    set_at = MomentColumn(verbose_name="设置时间", orderable=False)
    actions = CellColumn("distribution/_chain_actions.html", verbose_name="操作", accessor="pk")

    class Meta(ListTable.Meta):
        model = ChainLink
        fields: tuple[str, ...] = ()

    def render_state(self, record: ChainLink) -> SafeString:
        user: Any = record.lower.user
        enabled = bool(user and user.is_active)
        return pill("启用" if enabled else "已禁用，需更换", "success" if enabled else "warning")
