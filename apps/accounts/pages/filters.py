"""Query bars of the account lists."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.domain import lockout, statuses
from apps.accounts.models import User
from apps.accounts.models.roles import ADMINISTRATOR_ROLES, Role
from apps.organizations.models import Enterprise, Organization, Tier
from apps.ui.filters import NameFilter

UNIT_NAMES = ("organization__name", "organization__pinyin", "organization__code")
ENTERPRISE_NAMES = ("enterprise__name", "enterprise__pinyin", "enterprise__uscc")
ROLES = [
    (role.value, role.label) for role in Role if role not in {Role.ALLIANCE, *ADMINISTRATOR_ROLES}
]
STATUSES = [(status.key, status.label) for status in statuses.STATUSES]


class SubordinateFilter(django_filters.FilterSet):
    """单位, 用户名, 角色, 状态."""

    unit = NameFilter(*UNIT_NAMES, *ENTERPRISE_NAMES, label="单位")
    account = NameFilter("username", "name", label="账号", placeholder="用户名 / 姓名")
    role = django_filters.ChoiceFilter(label="角色", choices=ROLES, empty_label="全部")
    status = django_filters.ChoiceFilter(
        label="状态", choices=STATUSES, empty_label="全部", method="with_status"
    )

    class Meta:
        model = User
        fields: list[str] = []

    def with_status(self, accounts: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        locked = lockout.locked_usernames()
        accounts = accounts.annotate(key=Lower("username"))
        shut = Q(key__in=locked)
        wanted: dict[str, Any] = {
            "disabled": Q(is_active=False),
            "locked": Q(is_active=True) & shut,
            "new": Q(is_active=True, last_login__isnull=True) & ~shut,
            "active": Q(is_active=True, last_login__isnull=False) & ~shut,
        }
        return accounts.filter(wanted[value])


class IssuableUnitFilter(django_filters.FilterSet):
    """单位, 上级单位, 审核层级."""

    unit = NameFilter(label="单位")
    superior = NameFilter("parent__name", "parent__pinyin", "parent__code", label="上级单位")
    tier = django_filters.ChoiceFilter(
        label="级别", choices=[choice for choice in Tier.choices if choice[0] != Tier.ALLIANCE],
        empty_label="全部",
    )  # fmt: skip

    class Meta:
        model = Organization
        fields: list[str] = []


class IssuableEnterpriseFilter(django_filters.FilterSet):
    """企业名称."""

    unit = NameFilter(
        "name", "pinyin", "uscc", label="企业", placeholder="名称 / 首字母 / 信用代码"
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []
