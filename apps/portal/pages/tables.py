"""Tables of the portal: notices and who has read them."""

from typing import Any

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.accounts.pages.phones import PhoneColumn
from apps.notices.models import Message, Notice
from apps.portal.domain.progress import Activity, Stage, activity_of
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE
from apps.ui import formats
from apps.ui.tables import (
    CellColumn,
    Column,
    ListTable,
    MomentColumn,
    NumberColumn,
    SelectColumn,
)
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
    phone = PhoneColumn(attrs=MINOR)

    def render_has_read(self, value: bool) -> Any:  # noqa: FBT001
        return pill("已读", "success") if value else pill("未读", "waiting")

    def render_role(self, record: User) -> str:
        return ROLE_LABELS[record.role]


class ActivityColumn(Column):
    """One moment of a unit's activity, which the table asks for once the page is known."""

    empty_values = ()

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(accessor="pk", orderable=False, **kwargs)
        self.name = name

    def render(self, record: Filing, table: "ProgressTable") -> str:  # type: ignore[override]
        moment = getattr(table.activity.get(record.pk, Activity()), self.name)
        return formats.short_moment(moment) if moment else "—"


class ProgressTable(ListTable):
    """填报进度 by institution; `stage` is annotated."""

    caption = "医疗机构填报进度"
    empty_title = "没有符合条件的机构"
    empty_hint = "所选进度下没有医疗机构；进度选“全部参加机构”查看全部。"

    select = SelectColumn(
        name_of=lambda filing: filing.organization.name,
        selectable=lambda filing: filing.status in EDITABLE,
    )
    unit = Column(
        verbose_name="机构", accessor="organization__name", order_by=("organization__sort_key",)
    )
    stage = Column(verbose_name="进度", orderable=False)
    reminded = ActivityColumn("reminded", verbose_name="最近催报", attrs={"td": {"class": "num"}})
    above = Column(
        verbose_name="上级", accessor="parent__organization__name", orderable=False, attrs=MINOR
    )
    contact = Column(
        verbose_name="联系人", accessor="organization__contact_name", orderable=False, attrs=MINOR
    )
    phone = PhoneColumn(accessor="organization")
    saved = ActivityColumn("saved", verbose_name="最近保存", attrs={"td": {"class": "num minor"}})
    login = ActivityColumn("login", verbose_name="最近登录", attrs={"td": {"class": "num minor"}})
    submitted_at = MomentColumn(verbose_name="上报时间", attrs={"td": {"class": "num minor"}})
    read = ActivityColumn("read", verbose_name="催报已读", attrs={"td": {"class": "num minor"}})

    activity: dict[int, Activity] = {}

    def show_activity(self) -> None:
        """Ask for what is known of the units on this page."""
        self.activity = activity_of([row.record for row in self.paginated_rows])

    def render_stage(self, value: str) -> Any:
        stage = Stage(value)
        return pill(stage.label, stage.tone)


class MessageTable(ListTable):
    """Messages to the reader's unit."""

    caption = "消息"
    empty_title = "没有消息"
    empty_hint = "上级催报、撤回申请的处理结果会出现在这里。"

    title = CellColumn("notices/_message_title.html", verbose_name="标题", accessor="pk")
    status = Column(verbose_name="状态", accessor="pk", orderable=False)
    kind = Column(verbose_name="类型", orderable=False)
    sender_name = Column(verbose_name="发送单位", orderable=False)
    sent_at = MomentColumn(verbose_name="发送时间")

    def render_status(self, record: Message) -> Any:
        return pill("已读", "closed") if record.read_at else pill("未读", "waiting")
