"""Tables of the portal: notices and who has read them."""

from typing import Any

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.notices.models import Notice
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, NumberColumn
from apps.ui.tones import pill

ROLE_LABELS = dict(Role.choices)
MINOR = {"td": {"class": "minor"}}


def audience_text(notice: Notice) -> str:
    """“市医保、医疗机构”, or everybody."""
    return "、".join(ROLE_LABELS[role] for role in notice.audience) or "全部医保部门和医疗机构"


class NoticeTable(ListTable):
    """What has reached the reader; `is_read` is annotated."""

    caption = "通知"
    empty_title = "还没有通知"
    empty_hint = "联采办和上级医保部门发布的通知会出现在这里。"

    title = CellColumn("notices/_title.html", verbose_name="标题", accessor="pk")
    is_read = Column(verbose_name="状态", orderable=False)
    publisher_name = Column(verbose_name="发布单位", orderable=False)
    published_at = MomentColumn(verbose_name="发布时间")

    def render_is_read(self, value: bool) -> Any:  # noqa: FBT001
        return pill("已读", "closed") if value else pill("未读", "waiting")


class WrittenNoticeTable(ListTable):
    """What the reader's own unit has written; `receipts_count` is annotated."""

    caption = "本单位发布的通知"
    empty_title = "本单位还没有发布过通知"
    empty_hint = "点右上角“发布通知”，写一条发给下级单位。"

    title = CellColumn("notices/_title.html", verbose_name="标题", accessor="pk")
    kind = Column(verbose_name="类型", orderable=False)
    status = Column(verbose_name="状态", accessor="pk", orderable=False)
    audience = Column(verbose_name="发布对象", accessor="pk", orderable=False, attrs=MINOR)
    published_at = MomentColumn(verbose_name="发布时间")
    readers = NumberColumn(verbose_name="已读（家）", orderable=False)
    actions = CellColumn("notices/_written_actions.html", verbose_name="操作", accessor="pk")

    def render_status(self, record: Notice) -> Any:
        return notice_pill(record)

    def render_audience(self, record: Notice) -> str:
        return audience_text(record)


def notice_pill(notice: Notice) -> Any:
    if notice.is_draft:
        return pill("草稿", "working")
    return pill("已发布", "success") if notice.is_in_force else pill("已撤回", "closed")


class ReceiptTable(ListTable):
    """The units that a notice reaches, and when it was opened there."""

    caption = "阅读情况"
    empty_title = "没有发布对象"
    empty_hint = "所选对象在辖区内没有启用的账号。"

    unit = CellColumn(
        "accounts/_unit.html",
        verbose_name="单位",
        accessor="pk",
        orderable=True,
        order_by=("organization__sort_key", "enterprise__sort_key"),
    )
    role = Column(verbose_name="角色", orderable=False)
    has_read = Column(verbose_name="状态", orderable=False)
    read_at = MomentColumn(verbose_name="阅读时间")
    reader = Column(verbose_name="阅读人", orderable=False)
    phone = Column(verbose_name="联系电话", accessor="phone", orderable=False, attrs=MINOR)

    def render_has_read(self, value: bool) -> Any:  # noqa: FBT001
        return pill("已读", "success") if value else pill("未读", "waiting")

    def render_role(self, record: User) -> str:
        return ROLE_LABELS[record.role]
