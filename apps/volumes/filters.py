"""The query bar of units below a bureau."""

import django_filters

from apps.ui.filters import NameFilter

from .models import AgreedQuantity


class BelowFilter(django_filters.FilterSet):
    unit_name = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        label="单位",
        placeholder="名称 / 首字母 / 编码",
    )

    class Meta:
        model = AgreedQuantity
        fields: tuple[str, ...] = ()
