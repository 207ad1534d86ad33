"""The query bar of the list of appeals."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from apps.review.models import About, Appeal, AppealState
from apps.ui.filters import NameFilter

OVERDUE = "overdue"
STATES = [*AppealState.choices, (OVERDUE, "逾期未答复")]


class AppealFilter(django_filters.FilterSet):
    """申诉方, 申诉对象, 事项, 处理结果, 由谁答复."""

    unit = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        "enterprise__name",
        "enterprise__pinyin",
        label="申诉方",
    )
    title = NameFilter("title", label="申诉对象", placeholder="品种 / 编号")
    about = django_filters.ChoiceFilter(label="申诉事项", choices=About.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="处理结果", choices=STATES, method="at_state", empty_label="全部"
    )
    answerer = django_filters.ChoiceFilter(
        label="由谁答复", choices=[("own", "本单位")], method="answered_by", empty_label="全部"
    )

    class Meta:
        model = Appeal
        fields: list[str] = []

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        """`own` is the path of the reader's bureau; empty for who only appeals."""
        super().__init__(*args, **kwargs)
        self.own = own
        if not own:
            del self.filters["answerer"]
            del self.filters["unit"]

    def at_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == OVERDUE:
            return rows.filter(state=AppealState.OPEN, due_at__lte=timezone.now())
        return rows.filter(state=value)

    def answered_by(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows.filter(answerer_path=self.own)
