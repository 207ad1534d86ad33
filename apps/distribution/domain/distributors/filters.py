"""Query bars of delivery's lists."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.distribution.models import DIRECT, DeliveryArea, DistributorAccount
from apps.folding.domain.folding import narrow
from apps.organizations.models import Level
from apps.ui.filters import NameFilter

ALL = "--全部--"
YES_NO = [("1", "是"), ("0", "否")]
STATUSES = [("1", "启用"), ("0", "禁用")]


class DistributorFilter(django_filters.FilterSet):
    """配送企业用户名, 配送企业名称, 省平台账号, 用户状态, 是否发放, 是否登录 (S4-18, S4-19)."""

    username = NameFilter("user__username", label="配送企业用户名", placeholder="用户名")
    name = NameFilter(
        "enterprise__name",
        "enterprise__pinyin",
        "enterprise__uscc",
        label="配送企业名称",
        placeholder="名称 / 首字母 / 信用代码",
    )
    account = NameFilter("provincial_account", label="省平台账号", placeholder="省平台账号")
    status = django_filters.ChoiceFilter(
        label="用户状态", choices=STATUSES, empty_label=ALL, method="with_status"
    )
    issued = django_filters.ChoiceFilter(
        label="是否发放", choices=YES_NO, empty_label=ALL, method="with_issued"
    )
    seen = django_filters.ChoiceFilter(
        label="是否登录", choices=YES_NO, empty_label=ALL, method="with_login"
    )

    class Meta:
        model = DistributorAccount
        fields: list[str] = []

    def with_status(
        self, rows: QuerySet[DistributorAccount], _name: str, value: str
    ) -> QuerySet[DistributorAccount]:
        return rows.filter(user__is_active=value == "1")

    def with_issued(
        self, rows: QuerySet[DistributorAccount], _name: str, value: str
    ) -> QuerySet[DistributorAccount]:
        return rows.filter(user__isnull=value == "0")

    def with_login(
        self, rows: QuerySet[DistributorAccount], _name: str, value: str
    ) -> QuerySet[DistributorAccount]:
        """Who was never issued has not signed in either."""
        return rows.filter(user__last_login__isnull=value == "0")


class AreaFilter(django_filters.FilterSet):
    """配送企业名称, 配送区域."""

    name = NameFilter(
        "enterprise__name",
        "enterprise__pinyin",
        "enterprise__uscc",
        label="配送企业名称",
        placeholder="名称 / 首字母 / 信用代码",
    )
    area = django_filters.CharFilter(
        label="配送区域", max_length=60, method="with_area", widget=forms.TextInput(
            attrs={"placeholder": "区县名称 / 区划代码", "type": "search"}
        )
    )  # fmt: skip

    class Meta:
        model = DistributorAccount
        fields: list[str] = []

    def with_area(
        self, rows: QuerySet[DistributorAccount], _name: str, value: str
    ) -> QuerySet[DistributorAccount]:
        """Those with a division so called; 直属 is the province's own."""
        condition = Q(division__name__says=value) | Q(division__code__startswith=narrow(value))
        if value and value in DIRECT:
            condition = Q(division__level=Level.PROVINCE)
        areas = DeliveryArea.objects.filter(condition, account=OuterRef("pk"))
        return rows.filter(Exists(areas))
