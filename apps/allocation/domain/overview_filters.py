"""Query bars of what bureaus, enterprises and the alliance see of an allocation: agreements, volumes, capacities."""

import django_filters

from apps.allocation.domain.filters import ALL, enterprise_filter, group_filter, variety_filter
from apps.allocation.models import AllocationRow, CapacityPool, SupplyTotal
from apps.projects.domain.participants.regions import RegionFilterSet
from apps.ui.filters import NameFilter


class AgreementFilter(RegionFilterSet):
    """标的, institution, enterprise, product, and the region as far as the reader sees it."""

    lot = django_filters.CharFilter(
        label="标的", field_name="product__item__lot", lookup_expr="says"
    )
    institution = NameFilter(
        "filing__organization__name",
        "filing__organization__pinyin",
        "filing__organization__code",
        label="医疗机构",
    )
    enterprise = enterprise_filter("product__enterprise__", "中选企业")
    variety = NameFilter(
        "product__item__variety",
        "product__item__pinyin",
        "product__item__item_code",
        "product__item__unified_code",
        label="品规",
    )

    class Meta:
        model = SupplyTotal
        fields: tuple[str, ...] = ()


class EnterpriseAgreementFilter(django_filters.FilterSet):
    """What an enterprise can ask of its own agreements."""

    lot = django_filters.CharFilter(
        label="标的", field_name="product__item__lot", lookup_expr="says"
    )
    variety = variety_filter("product__item__")

    class Meta:
        model = SupplyTotal
        fields: tuple[str, ...] = ()


class VolumeFilter(RegionFilterSet):
    institution = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="医疗机构"
    )
    variety = variety_filter("item__")
    product_group = group_filter("item__")
    excluded = django_filters.ChoiceFilter(
        label="分配情况",
        field_name="is_excluded",
        choices=[("True", "本省无中选，不参加分配"), ("False", "参加分配")],
        empty_label=ALL,
    )

    class Meta:
        model = AllocationRow
        fields: tuple[str, ...] = ()


class PoolFilter(django_filters.FilterSet):
    variety = variety_filter("product__item__")
    enterprise = enterprise_filter("product__enterprise__", "中选企业")
    product_group = group_filter("product__item__")

    class Meta:
        model = CapacityPool
        fields: tuple[str, ...] = ()


class UnplacedFilter(RegionFilterSet):
    """品种, 产品组, 医疗机构, and the region as far as the reader sees it."""

    variety = variety_filter("item__")
    product_group = group_filter("item__")
    institution = NameFilter(
        "organization__name", "organization__pinyin", "organization__code", label="医疗机构"
    )

    class Meta:
        model = AllocationRow
        fields: tuple[str, ...] = ()
