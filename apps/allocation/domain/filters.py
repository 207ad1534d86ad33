"""Query bars of what an institution and its bureaus see row by row (S1-18, S1-21, S1-50, S0-32)."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet

from apps.allocation.models import AllocationRow, CapacityPool, SlotLine, SlotState
from apps.ui.filters import NameFilter

ALL = "全部"
NO_PACK_LEFT = Q(capacity__lt=F("fixed") + F("allocated") + F("terms__pack"))
"""Of a pool: what is left makes no whole pack, so nobody can be given any more of it."""


def code_filter(item: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label="药品统一编码", field_name=f"{item}unified_code", lookup_expr="says"
    )


def variety_filter(item: str) -> NameFilter:
    return NameFilter(f"{item}variety", f"{item}pinyin", f"{item}item_code", label="品种名称")


def enterprise_filter(enterprise: str, label: str) -> NameFilter:
    return NameFilter(
        f"{enterprise}name",
        f"{enterprise}pinyin",
        f"{enterprise}uscc",
        label=label,
        placeholder="名称 / 首字母",
    )


def group_filter(item: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label="产品组", field_name=f"{item}product_group", lookup_expr="says"
    )


class SupplyFilter(django_filters.FilterSet):
    unified_code = code_filter("product__item__")
    variety = variety_filter("product__item__")
    enterprise = enterprise_filter("product__enterprise__", "企业名称")
    product_group = group_filter("product__item__")
    left = django_filters.ChoiceFilter(
        label="剩余产能",
        choices=[("none", "已用完（不足一个包装）"), ("some", "还有")],
        method="with_capacity",
        empty_label=ALL,
    )

    class Meta:
        model = CapacityPool
        fields: tuple[str, ...] = ()

    def with_capacity(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A pool without a limit is never used up."""
        used_up = rows.filter(NO_PACK_LEFT)
        return used_up if value == "none" else rows.exclude(pk__in=used_up.order_by().values("pk"))


class SelectedFilter(django_filters.FilterSet):
    unified_code = code_filter("product__item__")
    variety = variety_filter("product__item__")
    enterprise = enterprise_filter("product__enterprise__", "企业名称")
    status = django_filters.ChoiceFilter(
        label="状态",
        choices=[("no", "未确认"), ("yes", "已确认")],
        method="confirmed",
        empty_label=ALL,
    )

    class Meta:
        model = SlotLine
        fields: tuple[str, ...] = ()

    def confirmed(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(row__selected_confirmed_at__isnull=value == "no")


_UNTOUCHED = Q(
    lowest_state=SlotState.EMPTY, highest_state=SlotState.EMPTY, other_state=SlotState.EMPTY
)
_ANY_SHORT = (
    Q(lowest_state=SlotState.SHORT)
    | Q(highest_state=SlotState.SHORT)
    | Q(other_state=SlotState.SHORT)
)
PENDING_STATUSES = {
    "empty": ("未分配", _UNTOUCHED),
    "saved": ("已保存", Q(pending_confirmed_at__isnull=True) & ~_UNTOUCHED),
    "confirmed": ("已确认", Q(pending_confirmed_at__isnull=False)),
    "short": (
        "产能不足",
        _ANY_SHORT,
    ),
}


class PendingFilter(django_filters.FilterSet):
    unified_code = code_filter("item__")
    variety = variety_filter("item__")
    enterprise = django_filters.CharFilter(
        label="企业名称",
        field_name="item__manufacturer_name",
        lookup_expr="says",
        widget=forms.TextInput(attrs={"placeholder": "名称", "type": "search"}),
    )
    status = django_filters.ChoiceFilter(
        label="状态",
        choices=[(key, label) for key, (label, _) in PENDING_STATUSES.items()],
        method="standing",
        empty_label=ALL,
    )

    class Meta:
        model = AllocationRow
        fields: tuple[str, ...] = ()

    def standing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(PENDING_STATUSES[value][1])


class LineFilter(django_filters.FilterSet):
    unified_code = code_filter("product__item__")
    variety = variety_filter("product__item__")
    enterprise = enterprise_filter("product__enterprise__", "中选企业")

    class Meta:
        model = SlotLine
        fields: tuple[str, ...] = ()
