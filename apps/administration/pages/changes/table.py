"""The table of 机构变更."""

from apps.administration.models import UnitChange
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}


class ChangeTable(ListTable):
    """One row per request; what waits comes first."""

    caption = "机构变更"
    empty_title = "没有机构变更"
    empty_hint = "更名、信息变更、停业、合并的申请和办理结果会列在这里。"

    name_then = CellColumn(
        "administration/_change_unit.html", verbose_name="医疗机构", orderable=False
    )
    kind = Column(verbose_name="事项", orderable=False)
    content = CellColumn(
        "administration/_change_content.html", verbose_name="变更内容", accessor="pk"
    )
    effective_on = Column(verbose_name="生效日期", orderable=False)
    state = Column(verbose_name="状态", accessor="outcome", empty_values=(), orderable=False)
    asked_by_name = Column(verbose_name="申请人", attrs=WRAP, orderable=False)
    asked_at = MomentColumn(verbose_name="申请时间", orderable=False)
    decided_by_name = Column(verbose_name="办理人", attrs=WRAP, orderable=False)
    actions = CellColumn("administration/_change_actions.html", verbose_name="操作", accessor="pk")

    def render_state(self, record: UnitChange) -> str:
        return pill(*record.state)

    def render_effective_on(self, record: UnitChange) -> str:
        return f"{record.effective_on:%Y-%m-%d}"
