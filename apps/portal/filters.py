"""Query bars of the portal."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.notices.models import Notice, NoticeKind
from apps.ui.filters import NameFilter

READ = [("no", "未读"), ("yes", "已读")]


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
