"""Query bars of the project lists."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.organizations.domain.vocabulary import GRADES, KINDS, OWNERSHIPS
from apps.organizations.models import Organization
from apps.projects.domain.participants.regions import RegionFilterSet
from apps.projects.models import (
    CatalogItem,
    Obligation,
    Participation,
    Phase,
    ProductType,
    Project,
    ProjectKind,
    SupplyRank,
    WinningProduct,
)
from apps.ui.filters import NameFilter


def same(words: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose label is the stored value."""
    return [(word, word) for word in words]


class ProjectFilter(django_filters.FilterSet):
    name = NameFilter("name", "pinyin", "code", label="项目")
    kind = django_filters.ChoiceFilter(
        label="任务类型", choices=ProjectKind.choices, empty_label="全部"
    )
    product_type = django_filters.ChoiceFilter(
        label="产品类型", choices=ProductType.choices, empty_label="全部"
    )
    phase = django_filters.ChoiceFilter(label="阶段", choices=Phase.choices, empty_label="全部")

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()


class ParticipationFilter(RegionFilterSet):
    path_lookup = "path"

    name = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="医疗机构"
    )
    obligation = django_filters.ChoiceFilter(
        label="参加方式", choices=Obligation.choices, empty_label="全部"
    )
    grade = django_filters.ChoiceFilter(
        field_name="organization__grade", label="等级", choices=same(GRADES), empty_label="全部"
    )
    ownership = django_filters.ChoiceFilter(
        field_name="organization__ownership",
        label="所有制",
        choices=same(OWNERSHIPS),
        empty_label="全部",
    )

    class Meta:
        model = Participation
        fields: tuple[str, ...] = ()


class CandidateFilter(RegionFilterSet):
    """Institutions that can still be chosen."""

    name = NameFilter("name", "pinyin", "code", label="医疗机构")
    grade = django_filters.ChoiceFilter(label="等级", choices=same(GRADES), empty_label="全部")
    ownership = django_filters.ChoiceFilter(
        label="所有制", choices=same(OWNERSHIPS), empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(label="机构类型", choices=same(KINDS), empty_label="全部")

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ()


class CatalogItemFilter(django_filters.FilterSet):
    name = NameFilter("variety", "pinyin", "item_code", "unified_code", label="品种名称")
    product_group = django_filters.CharFilter(label="产品组", lookup_expr="says")
    manufacturer = django_filters.CharFilter(
        label="生产企业", field_name="manufacturer_name", lookup_expr="says"
    )
    selected = django_filters.ChoiceFilter(
        label="是否中选",
        choices=[("yes", "中选"), ("no", "未中选")],
        method="won",
        empty_label="全部",
    )

    class Meta:
        model = CatalogItem
        fields: tuple[str, ...] = ()

    def won(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(is_selected=value == "yes")


class WinnerFilter(django_filters.FilterSet):
    name = NameFilter("item__variety", "item__pinyin", "item__item_code", label="品种名称")
    enterprise = NameFilter(
        "enterprise__name", "enterprise__pinyin", "enterprise__uscc", label="中选企业"
    )
    product_group = django_filters.CharFilter(
        label="产品组", field_name="item__product_group", lookup_expr="says"
    )
    competition_unit = django_filters.CharFilter(
        label="竞争单元", field_name="item__competition_unit", lookup_expr="says"
    )
    supply_rank = django_filters.ChoiceFilter(
        label="主供/备供", choices=SupplyRank.choices, empty_label="全部"
    )

    class Meta:
        model = WinningProduct
        fields: tuple[str, ...] = ()
