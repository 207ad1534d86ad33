"""How changes are asked for: the query bar's page and the workbook take the same filters."""

import django_filters
from django import forms

from apps.audit.models import Change
from apps.portal.domain.log import DatedFilter
from apps.ui.filters import NameFilter

from .changes import kinds


class ChangeFilter(DatedFilter):
    """对象类别, 对象, 操作人, 时间. Without dates it looks back 90 days."""

    kind = django_filters.ChoiceFilter(label="对象类别", choices=kinds, empty_label="全部")
    name = NameFilter("name", label="对象", placeholder="名称 / 编码")
    actor = django_filters.CharFilter(
        "actor_name",
        "startswith",  # has an index
        label="操作人",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "姓名开头", "type": "search"}),
    )

    class Meta:
        model = Change
        fields: list[str] = []
