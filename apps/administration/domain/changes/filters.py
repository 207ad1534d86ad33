"""The query bar of 机构变更."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.ui.filters import NameFilter

STATES = [("waiting", "待办理"), *ChangeOutcome.choices]


class ChangeFilter(django_filters.FilterSet):
    """机构, 事项, 状态."""

    unit = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="医疗机构"
    )
    kind = django_filters.ChoiceFilter(label="事项", choices=ChangeKind.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="状态", choices=STATES, empty_label="全部", method="in_state"
    )

    class Meta:
        model = UnitChange
        fields: list[str] = []

    def in_state(self, changes: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return changes.filter(outcome="" if value == "waiting" else value)
