"""Query bars of the portal."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.notices.models import Message, MessageKind, Notice, NoticeKind
from apps.portal.domain.progress import Stage
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, FROZEN, Status
from apps.ui.filters import NameFilter

READ = [("no", "未读"), ("yes", "已读")]
LATE, EVERYBODY = "late", "all"
CHECKLIST = {
    "reported": ("已上报（含审核通过）", Q(status__in=FROZEN, substituted=False, maintained=False)),
    "maintained": ("省代为填报", Q(status__in=FROZEN, substituted=False, maintained=True)),
    "substituted": ("系统代分", Q(status__in=FROZEN, substituted=True)),
    "draft": ("未上报", Q(status=Status.DRAFT)),
}
"""Lists behind lines of 办理情况 that are no stage of their own."""


class NoticeFilter(django_filters.FilterSet):
    """标题, 状态."""

    text = NameFilter("title", "body", label="内容", placeholder="标题 / 正文")
    read = django_filters.ChoiceFilter(
        label="状态", choices=READ, empty_label="全部", method="with_read_state"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def with_read_state(self, notices: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return notices.filter(is_read=value == "yes")


class WrittenNoticeFilter(django_filters.FilterSet):
    """标题, 类型."""

    text = NameFilter("title", "body", label="内容", placeholder="标题 / 正文")
    kind = django_filters.ChoiceFilter(label="类型", choices=NoticeKind.choices, empty_label="全部")

    class Meta:
        model = Notice
        fields: list[str] = []


class ShelfFilter(django_filters.FilterSet):
    """One search field, for downloads and answered questions."""

    text = NameFilter("title", "body", label="查找", placeholder="关键词")

    class Meta:
        model = Notice
        fields: list[str] = []


class ReceiptFilter(django_filters.FilterSet):
    """单位, 状态."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code",
        "enterprise__name", "enterprise__pinyin", label="单位",
    )  # fmt: skip
    read = django_filters.ChoiceFilter(
        label="状态", choices=READ, empty_label="全部", method="with_read_state"
    )

    class Meta:
        model = User
        fields: list[str] = []

    def with_read_state(self, units: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return units.filter(has_read=value == "yes")


class ProgressFilter(django_filters.FilterSet):
    """机构, 进度. Without a stage it shows who is still to report."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="机构"
    )
    stage = django_filters.ChoiceFilter(
        label="进度",
        choices=[
            (LATE, "还没有上报"),
            (EVERYBODY, "全部参加机构"),
            *((key, label) for key, (label, _) in CHECKLIST.items()),
            *Stage.choices,
        ],
        method="at_stage",
        empty_label=None,
    )

    class Meta:
        model = Filing
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = {key: value for key, value in (data or {}).items() if value}
        given.setdefault("stage", LATE)
        super().__init__(given, *args, **kwargs)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.data.get("unit")) or self.data["stage"] != LATE

    def at_stage(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """What the status says is asked of its index; only drafts are looked into."""
        if value == EVERYBODY:
            return rows
        if value == LATE:
            return rows.filter(status__in=EDITABLE)
        if value in CHECKLIST:
            return rows.filter(CHECKLIST[value][1])
        if value in (Stage.NOT_STARTED, Stage.SAVED):
            return rows.filter(status=Status.DRAFT, stage=value)
        return rows.filter(status=value)


class MessageFilter(django_filters.FilterSet):
    """内容, 类型, 状态."""

    text = NameFilter("title", "body", label="内容", placeholder="标题 / 正文")
    kind = django_filters.ChoiceFilter(
        label="类型", choices=MessageKind.choices, empty_label="全部"
    )
    read = django_filters.ChoiceFilter(
        label="状态", choices=READ, empty_label="全部", method="with_read_state"
    )

    class Meta:
        model = Message
        fields: list[str] = []

    def with_read_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(read_at__isnull=value == "no")
