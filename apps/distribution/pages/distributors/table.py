"""本省配送企业用户列表 (S4-07…S4-17)."""

from typing import Any

from apps.distribution.models import DistributorAccount
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, SelectColumn
from apps.ui.tones import pill

ENABLED, DISABLED = ("启用", "success"), ("禁用", "closed")


class RowNumberColumn(Column):
    """The number of the row in the whole list."""

    empty_values = ()

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", "序号")
        kwargs["attrs"] = {"td": {"class": "num minor"}, **kwargs.get("attrs", {})}
        super().__init__(accessor="pk", orderable=False, **kwargs)

    def render(self, bound_row: Any, table: Any) -> str:
        return str(table.page.start_index() + bound_row.row_counter)


class DistributorTable(ListTable):
    """One row per distributor of the province, issued or not."""

    rows_per_page = 10
    heading_name = "name"  # type: ignore[assignment]  # the number before it heads nothing
    caption = "本省配送企业用户列表"
    empty_title = "还没有配送企业"
    empty_hint = "用“账号添加”逐家添加，或下载模板后批量导入；添加后再发放账号。"

    select = SelectColumn(
        selectable=lambda row: not row.is_issued and not row.is_being_issued,
        name_of=lambda row: row.enterprise.name,
    )
    number = RowNumberColumn()
    name = Column(
        verbose_name="配送企业名称",
        accessor="enterprise__name",
        order_by=("enterprise__sort_key",),
    )
    username = Column(verbose_name="配送企业用户名", accessor="user__username", empty_values=())
    provincial_account = Column(verbose_name="省平台账号")
    uscc = Column(
        verbose_name="统一社会信用代码",
        accessor="enterprise__uscc",
        orderable=False,
        attrs={"td": {"class": "num minor"}},
    )
    status = Column(verbose_name="用户状态", accessor="user__is_active", empty_values=())
    issued = Column(verbose_name="是否发放", accessor="issued_at", empty_values=())
    seen = Column(verbose_name="是否登录", accessor="user__last_login", empty_values=())
    last_login = MomentColumn(verbose_name="最后登录时间", accessor="user__last_login")
    areas = CellColumn(
        "distribution/_areas.html", verbose_name="配送区域", accessor="pk",
        attrs={"td": {"class": "wrap"}},
    )  # fmt: skip
    actions = CellColumn(
        "distribution/_distributor_actions.html", verbose_name="操作", accessor="pk"
    )

    def render_username(self, record: DistributorAccount) -> str:
        return record.user.username if record.user else ""

    def render_status(self, record: DistributorAccount) -> str:
        if record.user is None:
            return ""
        return pill(*(ENABLED if record.user.is_active else DISABLED))

    def render_issued(self, record: DistributorAccount) -> str:
        return record.issued_in_words

    def render_seen(self, record: DistributorAccount) -> str:
        return "是" if record.user and record.user.last_login else "否"
