"""The query bar of units below a bureau."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import HiddenInput

from apps.ui.filters import NameFilter
from apps.volumes.models import AgreedQuantity, WinnerShare


class BelowFilter(django_filters.FilterSet):
    unit_name = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        label="单位",
        placeholder="名称 / 首字母 / 编码",
    )

    # What the page is about stays while its rows are narrowed.
    unit = django_filters.CharFilter(widget=HiddenInput, method="kept")
    version = django_filters.CharFilter(widget=HiddenInput, method="kept")

    def kept(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return queryset

    class Meta:
        model = AgreedQuantity
        fields: tuple[str, ...] = ()


class VacancyFilter(django_filters.FilterSet):
    """竞争单元."""

    competition_unit = django_filters.CharFilter(label="竞争单元", lookup_expr="says")

    class Meta:
        model = WinnerShare
        fields: tuple[str, ...] = ()
