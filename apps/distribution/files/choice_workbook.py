"""Choosing distributors by Excel: the template lists one's own products and the enabled distributors to copy from."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.distribution.domain.relations.choosing import choose, supplies
from apps.distribution.domain.relations.directory import carriers_of, provinces
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.distribution.files.relation_check import check_choices, lock_for_choices
from apps.distribution.files.relation_workbooks import RELATIONS
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_import
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.models import WinningProduct
from apps.projects.models.visibility import BEGUN

Context = Mapping[str, Any]
PRODUCTS, CARRIERS = "本企业中选产品", "启用的配送企业"
COPY = f"复制到“{RELATIONS}”的同名列。"

CHOICE_BOOK = WorkbookSpec(
    "distribution.choices",
    filename="选择配送企业",
    sheets=(
        SheetSpec(
            RELATIONS,
            key=("project", "item_code", "province", "city", "county", "username"),
            columns=(
                Column("project", "项目编码", Kind.CODE, required=True, max_length=40),
                Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30),
                Column("province", "省份", required=True, help="如：湖北", max_length=30),
                Column(
                    "city",
                    "地市",
                    help="不填即全省；只配送省直属医疗机构时填“省(区)直属”",
                    width=18,
                    max_length=60,
                ),
                Column(
                    "county",
                    "区县",
                    help="不填即全市；只配送市直属医疗机构时填“直属”",
                    width=18,
                    max_length=60,
                ),
                Column(
                    "username",
                    "配送企业用户名",
                    Kind.CODE,
                    required=True,
                    help="该省已启用的配送企业，如：P420001",
                ),
                Column(
                    "carrier",
                    "配送企业名称",
                    help="可不填；填写时与用户名核对",
                    width=28,
                    aliases=("配送企业",),
                ),
            ),
        ),
    ),
    aids=(
        SheetSpec(
            PRODUCTS,
            columns=(
                Column("project", "项目编码", Kind.CODE, locked=True, help=COPY),
                Column("item_code", "品规编号", Kind.CODE, locked=True, help=COPY),
                Column("variety", "品种名称", locked=True, width=24),
                Column("specification", "规格", locked=True, width=20),
                Column("supplied", "供应省", locked=True, width=30),
            ),
        ),
        SheetSpec(
            CARRIERS,
            columns=(
                Column("province", "省份", locked=True, help=COPY),
                Column("username", "配送企业用户名", Kind.CODE, locked=True, help=COPY, width=18),
                Column("carrier", "配送企业名称", locked=True, width=32, help=COPY),
                Column("uscc", "统一社会信用代码", Kind.CODE, locked=True, width=22),
                Column(
                    "areas",
                    "申报的配送区域",
                    locked=True,
                    width=60,
                    help="企业自行维护，仅供参考。",
                ),
            ),
        ),
    ),
)


def _prefilled(context: Context) -> Mapping[str, Iterator[dict[str, Any]]]:
    rows = WinningProduct.objects.filter(
        enterprise_id=context["enterprise_id"], project__phase__in=BEGUN
    )
    named = rows.select_related("item", "project").with_supplies()
    products = list(named.order_by("-project_id", "item__position", "pk"))
    return {PRODUCTS: _products(products), CARRIERS: _carriers(products)}


def _products(products: list[WinningProduct]) -> Iterator[dict[str, Any]]:
    for product in products:
        yield {
            "project": product.project.code,
            "item_code": product.item.item_code,
            "variety": product.item.variety,
            "specification": product.item.specification,
            "supplied": product.supplied,
        }


def _carriers(products: list[WinningProduct]) -> Iterator[dict[str, Any]]:
    """The enabled distributors of the provinces that one's products supply, province by province."""
    named = {
        unit.path: unit.name
        for unit in provinces()
        if any(supplies(product, unit.path) for product in products)
    }
    for deliverer in sorted(carriers_of(list(named)), key=lambda carrier: carrier.province):
        yield {
            "province": named[deliverer.province],
            "username": deliverer.username,
            "carrier": deliverer.name,
            "uscc": deliverer.uscc,
            "areas": deliverer.areas,
        }


def _apply(outcome: DryRun, *, by: Actor, context: Context) -> None:
    choose([*outcome.new, *outcome.unchanged], by=by)


CHOICE_IMPORT = register_import(
    ImportSpec(
        name="distribution.choices",
        title="导入配送企业选择",
        workbook=CHOICE_BOOK,
        validate=check_choices,
        apply=_apply,
        prefill=_prefilled,
        lock=lock_for_choices,
        permissions=(Permission.DELIVERY,),
        refusals=(RelationRefused,),
        help="每行一个产品、一个地区、一家配送企业，导入后为“未提交”，核对后再提交。已有的配送关系保持不变。",
    )
)
