"""Relations and their coverage as workbooks; choosing by Excel is `choice_workbook`."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.distribution.domain.relations.coverage_survey import Survey
from apps.distribution.domain.relations.directory import country
from apps.distribution.domain.relations.filters import ProductFilter, RelationFilter
from apps.distribution.domain.relations.listing import rows_for
from apps.distribution.files.relation_check import place_in_words
from apps.distribution.models import DeliveryRelation
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

Context = Mapping[str, Any]
RELATIONS = "配送关系"
CHUNK = 2_000

RELATION_BOOK = WorkbookSpec(
    "distribution.relations",
    filename="配送关系",
    sheets=(
        SheetSpec(
            RELATIONS,
            columns=(
                Column("project", "项目编码", width=16),
                Column("item_code", "品规编号", Kind.CODE),
                Column("variety", "品种名称", width=20),
                Column("specification", "规格", width=20),
                Column("manufacturer", "生产企业", width=26),
                Column("place", "配送地区", width=18),
                Column("province", "省份"),
                Column("city", "地市", width=18),
                Column("county", "区县", width=18),
                Column("username", "配送企业用户名", Kind.CODE, width=18),
                Column("carrier", "配送企业", width=26),
                Column("uscc", "统一社会信用代码", Kind.CODE, width=22),
                Column(
                    "code",
                    "状态码",
                    Kind.WHOLE,
                    help="0 未提交 1 已提交 2 已同意 3 已拒绝 99 已作废",
                ),
                Column("status", "状态"),
                Column("need", "提示"),
                Column("reason", "原因", width=24),
                Column("submitted_at", "提交时间", Kind.MOMENT, width=20),
                Column("answered_at", "答复时间", Kind.MOMENT, width=20),
            ),
        ),
    ),
)
COVERAGE = "配送覆盖"
COVERAGE_BOOK = WorkbookSpec(
    "distribution.coverage",
    filename="配送覆盖",
    sheets=(
        SheetSpec(
            COVERAGE,
            columns=(
                Column("project", "项目编码", width=16),
                Column("item_code", "品规编号", Kind.CODE),
                Column("variety", "品种名称", width=20),
                Column("specification", "规格", width=20),
                Column("manufacturer", "生产企业", width=26),
                Column("supplied", "供应省", width=20),
                Column("state", "覆盖情况"),
                Column("carriers", "配送企业", width=40),
                Column("gaps", "尚未覆盖", width=60),
            ),
        ),
    ),
)
PRODUCTS_AT_ONCE = 200


class Viewer:
    """Who reads, for filters that offer places; a job has no request."""

    def __init__(self, user: Any) -> None:
        self.user = user


def record_of(relation: DeliveryRelation, names: Mapping[str, str]) -> dict[str, Any]:
    """`names` are those of bureaus by path. Province, city, county and username are as `CHOICE_BOOK` takes them."""
    item, user = relation.product.item, relation.distributor.user
    province, city, county = place_in_words(relation.path, names)
    return {
        "project": relation.project.code,
        "item_code": item.item_code,
        "variety": item.variety,
        "specification": item.specification,
        "manufacturer": relation.manufacturer.name,
        "place": relation.place,
        "province": province,
        "city": city,
        "county": county,
        "username": user.username if user else "",
        "carrier": relation.carrier.name,
        "uscc": relation.carrier.uscc,
        "code": relation.status,
        "status": relation.state.label,
        "need": "需更换" if relation.needs_replacement else "",
        "reason": relation.reason,
        "submitted_at": relation.submitted_at,
        "answered_at": relation.answered_at,
    }


def _user(context: Context) -> User:
    """The account that asked: its scope is in force, so nobody else's is found."""
    found: User = User.objects.get(pk=context["user_id"])
    return found


def _asked(context: Context) -> RelationFilter:
    user = _user(context)
    data = QueryDict(context.get("query", ""))
    return RelationFilter(data or None, queryset=rows_for(user), request=Viewer(user))


def _filtered(context: Context) -> QuerySet[Any]:
    return matching(_asked(context))


def _records(context: Context) -> Iterator[dict[str, Any]]:
    names = {unit.path: unit.name for unit in country()}
    return (
        record_of(relation, names) for relation in _filtered(context).iterator(chunk_size=CHUNK)
    )


def _capped(context: Context) -> int:
    return _filtered(context).order_by()[: AT_ONCE + 1].count()


def _products_asked(context: Context) -> tuple[Survey, ProductFilter]:
    user = _user(context)
    survey = Survey(user)
    data = QueryDict(context.get("query", ""))
    return survey, ProductFilter(data or None, queryset=survey.products(), request=Viewer(user))


def _surveyed(context: Context) -> tuple[Survey, QuerySet[Any]]:
    survey, found = _products_asked(context)
    return survey, matching(found).order_by("-project_id", "item__position", "pk")


def _coverage(context: Context) -> Iterator[dict[str, Any]]:
    survey, rows = _surveyed(context)
    products = rows.iterator(chunk_size=PRODUCTS_AT_ONCE)
    while some := list(islice(products, PRODUCTS_AT_ONCE)):
        covers = survey.covers(some)
        for product in some:
            cover = covers[product.pk]
            yield {
                "project": product.project.code,
                "item_code": product.item.item_code,
                "variety": product.item.variety,
                "specification": product.item.specification,
                "manufacturer": product.enterprise.name,
                "supplied": product.supplied,
                "state": cover.label,
                "carriers": "、".join(cover.carriers),
                "gaps": "、".join(gap.name for gap in cover.gaps),
            }


RELATION_EXPORT = register_export(
    ExportSpec(
        name="distribution.relations",
        title="导出配送关系",
        workbook=RELATION_BOOK,
        rows=lambda context: {RELATIONS: _records(context)},
        count=_capped,
        about=lambda context: About(conditions=conditions_of(_asked(context).form)),
        permissions=(Permission.QUERY,),
    )
)
COVERAGE_EXPORT = register_export(
    ExportSpec(
        name="distribution.coverage",
        title="导出配送覆盖",
        workbook=COVERAGE_BOOK,
        rows=lambda context: {COVERAGE: _coverage(context)},
        count=lambda context: _surveyed(context)[1].order_by()[: AT_ONCE + 1].count(),
        about=lambda context: About(conditions=conditions_of(_products_asked(context)[1].form)),
        permissions=(Permission.QUERY,),
    )
)
