"""The query bar of 机构管理."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.organizations.domain.vocabulary import GRADES, KINDS
from apps.organizations.models import Organization, Tier
from apps.scope.context import current_scope
from apps.scope.paths import in_subtree
from apps.ui.filters import NameFilter


def regions() -> list[tuple[str, str]]:
    """The bureaus directly below the viewer: provinces, cities or counties, as (path, name)."""
    tops = Organization.objects.filter(path__in=current_scope().paths)
    bureaus = Organization.objects.bureaus().filter(parent__in=tops).order_by("code")
    return list(bureaus.values_list("path", "name"))


class UnitFilter(django_filters.FilterSet):
    """机构, 地区, 级别, 等级, 类型, 账号, 状态."""

    unit = NameFilter(label="机构")
    region = django_filters.ChoiceFilter(
        label="地区", choices=regions, empty_label="全部", method="in_region"
    )
    tier = django_filters.ChoiceFilter(label="级别", choices=Tier.choices, empty_label="全部")
    grade = django_filters.ChoiceFilter(
        label="等级", choices=[(grade, grade) for grade in GRADES], empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(
        label="类型", choices=[(kind, kind) for kind in KINDS], empty_label="全部"
    )
    account = django_filters.ChoiceFilter(
        label="账号",
        choices=[("yes", "已发放"), ("no", "未发放")],
        empty_label="全部",
        method="with_account",
    )
    active = django_filters.ChoiceFilter(
        label="状态",
        choices=[("yes", "启用"), ("no", "禁用")],
        empty_label="全部",
        method="if_active",
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def in_region(self, units: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return units.filter(in_subtree(value))

    def with_account(self, units: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        main = Exists(User.objects.filter(organization=OuterRef("pk"), parent_account=None))
        return units.filter(main if value == "yes" else ~main)

    def if_active(self, units: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return units.filter(is_active=value == "yes")
