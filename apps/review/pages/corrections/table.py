"""The table of corrections."""

from typing import Any

from apps.projects.models import Correction
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, QuantityColumn


class CorrectionTable(ListTable):
    """更正记录: what was put right, old and new beside each other."""

    caption = "更正记录"
    empty_title = "没有更正"
    empty_hint = "发布之后目录、中选结果、项目名称和说明有更正的，会列在这里。"

    number = Column(verbose_name="序号")
    changes = CellColumn("review/_correction_changes.html", verbose_name="更正内容", accessor="pk")
    reason = Column(verbose_name="原因", orderable=False, attrs={"td": {"class": "wrap"}})
    filings = QuantityColumn(verbose_name="涉及机构")
    lines = QuantityColumn(verbose_name="涉及明细")
    returned = QuantityColumn(verbose_name="退回申报")
    at = MomentColumn(verbose_name="更正时间")
    by_name = Column(verbose_name="更正人", orderable=False)
    paper = CellColumn("review/_correction_file.html", verbose_name="依据文件", accessor="pk")

    def render_number(self, value: Any) -> str:
        return f"第 {value} 号"

    class Meta(ListTable.Meta):
        model = Correction
        fields: tuple[str, ...] = ()
