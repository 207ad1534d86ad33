"""The projects with their limits of distributors."""

from typing import Any

from apps.distribution.pages.distributors.form import LimitForm
from apps.projects.models import Project
from apps.ui.tables import CellColumn, Column, ListTable


class LimitColumn(CellColumn):
    """The limit in a form of its own; the cell gets the form as `value`."""

    def render(self, record: Any, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = LimitForm(project=record, most=record.most)
        return super().render(record=record, **kwargs)


class LimitTable(ListTable):
    caption = "配送企业上限"
    empty_title = "还没有分量项目"
    empty_hint = "创建分量项目后可以设置。"

    name = Column(verbose_name="项目名称", orderable=False)
    code = Column(verbose_name="项目编码", orderable=False)
    phase = Column(verbose_name="阶段", accessor="get_phase_display", orderable=False)
    limit = LimitColumn("distribution/_limit_form.html", verbose_name="上限（家）", accessor="pk")

    class Meta(ListTable.Meta):
        model = Project
        fields: tuple[str, ...] = ()
