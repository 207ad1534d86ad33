"""What narrows the lists of webhooks and of their deliveries."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.notices.event import EventName
from apps.subscriptions.models import Delivery, DeliveryState, Subscription
from apps.ui.filters import NameFilter

STATES = (("on", "推送中"), ("off", "已暂停"))


class HookFilter(django_filters.FilterSet):
    """名称, 状态."""

    text = NameFilter("name", "address", label="名称", placeholder="名称 / 地址")
    state = django_filters.ChoiceFilter(
        label="状态", choices=STATES, empty_label="全部", method="with_state"
    )

    class Meta:
        model = Subscription
        fields: list[str] = []

    def with_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_on=value == "on")


class DeliveryFilter(django_filters.FilterSet):
    """事件, 状态."""

    event = django_filters.ChoiceFilter(
        "event__name", label="事件", choices=EventName.choices, empty_label="全部"
    )
    state = django_filters.ChoiceFilter(
        label="状态", choices=DeliveryState.choices, empty_label="全部"
    )

    class Meta:
        model = Delivery
        fields: list[str] = []
