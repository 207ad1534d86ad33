"""本省配送企业用户列表 as a workbook: everything of it that one hands out, as the list is filtered."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from apps.accounts.domain.calling import number_for
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.distribution.domain.areas.names import described, places_of
from apps.distribution.domain.distributors.confirming import with_confirmation
from apps.distribution.domain.distributors.filters import DistributorFilter
from apps.distribution.domain.reads import distributors_of
from apps.distribution.models import DistributorAccount
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

Context = Mapping[str, Any]
SHEET = "配送企业"
CHUNK = 500
BOOK = WorkbookSpec(
    "distribution.distributor_list",
    filename="本省配送企业",
    sheets=(
        SheetSpec(
            SHEET,
            columns=(
                Column("username", "配送企业用户名", Kind.CODE, width=18),
                Column("provincial_account", "省平台账号", Kind.CODE, width=16),
                Column("name", "配送企业名称", width=34),
                Column("uscc", "统一社会信用代码", Kind.CODE, width=22),
                Column("legal_representative", "法人"),
                Column("authorized_person", "被授权人"),
                Column("phone", "联系电话", Kind.CODE, width=16),
                Column("address", "通信地址", width=40),
                Column("areas", "配送区域", width=60),
                Column("status", "用户状态"),
                Column("issued", "是否发放"),
                Column("issued_at", "发放时间", Kind.MOMENT, width=20),
                Column("seen", "是否登录"),
                Column("last_login", "最后登录时间", Kind.MOMENT, width=20),
            ),
        ),
    ),
)


def _user(context: Context) -> User:
    user: User = User.objects.get(pk=context["user_id"])
    return user


def _asked(context: Context) -> DistributorFilter:
    rows = with_confirmation(distributors_of(_user(context)))
    return DistributorFilter(QueryDict(context.get("query", "")) or None, queryset=rows)


def _rows(context: Context) -> QuerySet[Any]:
    return matching(_asked(context)).select_related("province").prefetch_related("areas")


def _records(context: Context) -> Iterator[dict[str, Any]]:
    places: list[Any] = []
    for row in _rows(context).iterator(chunk_size=CHUNK):
        places = places or places_of(row.province)
        yield _record(row, places, context.get("caller", ""))


def _record(row: DistributorAccount, places: list[Any], caller: str) -> dict[str, Any]:
    user = row.user
    told = described(places, {area.division_id for area in row.areas.all()})
    areas = "；".join(f"{city}：{'、'.join(names)}" for city, names in told)
    return {
        "username": user.username if user else "",
        "provincial_account": row.provincial_account,
        "name": row.enterprise.name,
        "uscc": row.enterprise.uscc,
        "legal_representative": row.legal_representative,
        "authorized_person": row.authorized_person,
        "phone": number_for(caller, row.path, row.phone),
        "address": row.address,
        "areas": areas,
        "status": ("启用" if user.is_active else "禁用") if user else "",
        "issued": row.issued_in_words,
        "issued_at": row.issued_at,
        "seen": "是" if user and user.last_login else "否",
        "last_login": user.last_login if user else None,
    }


DISTRIBUTOR_EXPORT = register_export(
    ExportSpec(
        name="distribution.distributor_list",
        title="导出配送企业",
        workbook=BOOK,
        rows=lambda context: {SHEET: _records(context)},
        count=lambda context: _rows(context).order_by()[: AT_ONCE + 1].count(),
        about=lambda context: About(conditions=conditions_of(_asked(context).form)),
        permissions=(Permission.QUERY, Permission.EXPORT),
    )
)
