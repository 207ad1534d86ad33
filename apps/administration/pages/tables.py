"""The table of 机构管理."""

from typing import Any, NamedTuple

from apps.accounts.pages.phones import phone_cell
from apps.organizations.models import Organization
from apps.ui.tables import CellColumn, Column, ListTable, StatusColumn


class UnitStatus(NamedTuple):
    """A status pill."""

    label: str
    tone: str


OPEN, SHUT = UnitStatus("启用", "success"), UnitStatus("禁用", "closed")


class ContactColumn(CellColumn):
    """Who to ask; the cell gets the phone, as the viewer sees it, as `value`."""

    def render(self, record: Organization, table: ListTable, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = phone_cell(table.request.user, record)
        return super().render(record=record, table=table, **kwargs)


class UnitTable(ListTable):
    """The units of the viewer's subtree, from the top down."""

    caption = "机构"
    empty_title = "还没有下级机构"
    empty_hint = "可以逐个添加，或下载模板后批量导入。"

    name = CellColumn(
        "administration/_unit_name.html",
        verbose_name="机构名称",
        orderable=True,
        order_by=("sort_key",),
    )
    tier = Column(verbose_name="级别")
    contact_name = ContactColumn(
        "administration/_unit_contact.html", verbose_name="联系人 / 电话", accessor="pk"
    )
    parent = Column(verbose_name="上级单位", order_by=("parent__sort_key",))
    grade = Column(verbose_name="等级")
    ownership = Column(verbose_name="所有制")
    kind = Column(verbose_name="类型")
    reports_through = Column(verbose_name="由其代报", orderable=False)
    account_name = Column(verbose_name="账号", orderable=False)
    status = StatusColumn(verbose_name="状态", accessor="is_active", orderable=False)
    actions = CellColumn("administration/_unit_actions.html", verbose_name="操作", accessor="pk")

    def value_status(self, record: Organization) -> UnitStatus:
        return OPEN if record.is_active else SHUT

    def render_status(self, record: Organization, column: StatusColumn) -> str:
        return column.render(self.value_status(record))
