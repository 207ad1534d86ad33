"""中选结果 of a project as a paper to sign: who won with what, at which terms, for which provinces.

Invariant: one line for each winning product; what is not known yet stays open and is never filled in.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.exchange.domain.paper_content import Paper
from apps.exchange.domain.papers import PaperSpec, register_paper
from apps.exchange.files.paper_layout import Field, Section
from apps.organizations.models import Organization, Tier
from apps.projects.domain.words import plain
from apps.projects.models import Project, WinningProduct, WinningTerms
from apps.scope.paths import ROOT
from apps.ui.formats import NOTHING, moment, whole

Context = Mapping[str, Any]
SIGNERS = (Role.ALLIANCE, Role.PROVINCE)
STATEMENT = "下表为“{project}”的中选结果，已核对无误。价格为每包装中选价，产能为最小制剂单位。"
NOT_FIXED = "注意：项目还没有发布，中选结果可能变化，本件不能用于签章。"
OPEN = "有 {number} 个中选产品的价格、包装或降幅还没有补全。"
FIELDS = (
    Field("序号", "r"),
    Field("竞争单元", share=3),
    Field("品规编号"),
    Field("品种名称", share=3),
    Field("规格", share=3),
    Field("中选企业", share=4),
    Field("统一社会信用代码"),
    Field("名次", "r"),
    Field("包装中选价\n（元）", "r"),
    Field("包装数量", "r"),
    Field("单位", "c"),
    Field("降幅", "r"),
    Field("最大产能", "r"),
    Field("供应省份", share=3),
)


def winner_paper(context: Context) -> Paper:
    project: Project = Project.objects.get(pk=context["project_id"])
    products = list(winners_at(context))
    makers = len({product.enterprise_id for product in products})
    return Paper(
        title="中选结果",
        project_code=project.code,
        project_name=project.name,
        statement=STATEMENT.format(project=project.name),
        warning=_warning(project, products),
        about=(("范围", _scope(context)), ("版本", _version(project, products))),
        sections=[
            Section(
                "", FIELDS, [_cells(number, product) for number, product in enumerate(products, 1)]
            )
        ],
        closing=f"共 {whole(len(products))} 个中选产品，{whole(makers)} 家中选企业。",
    )


def may_sign_winners(user: User) -> bool:
    """Whether the paper is offered to somebody who sees the winners."""
    return user.role in SIGNERS and user.has(Permission.EXPORT)


def winners_at(context: Context) -> QuerySet[WinningProduct]:
    """By competition unit; for a province those that supply it. `place` is the path of whoever asks."""
    products: QuerySet[WinningProduct] = WinningProduct.objects.filter(
        project=context["project_id"]
    )
    if context["place"] != ROOT:
        products = products.filter(
            Q(supplies__isnull=True) | Q(supplies__province__path=context["place"])
        )
    shown: QuerySet[WinningProduct] = (
        products.with_terms().with_supplies().select_related("item", "enterprise")  # type: ignore[attr-defined]
    )
    return shown.order_by(
        "item__competition_unit", "rank", "item__position", "item__item_code", "pk"
    )


def _cells(number: int, product: WinningProduct) -> tuple[str, ...]:
    item, maker = product.item, product.enterprise
    return (
        str(number),
        item.competition_unit,
        item.item_code,
        item.variety,
        item.specification,
        maker.name,
        maker.uscc,
        whole(product.rank),
        NOTHING if product.price is None else plain(product.price, least=2),
        whole(product.pack),
        item.unit,
        NOTHING if product.cut is None else f"{plain(product.cut)}%",
        "不限" if product.capacity is None else whole(product.capacity),
        product.supplied,
    )


def _warning(project: Project, products: list[WinningProduct]) -> str:
    lacking = sum(1 for product in products if None in (product.price, product.pack, product.cut))
    said = [] if project.is_frozen else [NOT_FIXED]
    return "".join([*said, OPEN.format(number=whole(lacking))] if lacking else said)


def _version(project: Project, products: list[WinningProduct]) -> str:
    """Terms have versions; the latest of them all numbers the paper."""
    terms = WinningTerms.objects.filter(product__in=products)
    number = terms.aggregate(last=Max("version"))["last"] or 1
    since = f"{moment(project.published_at)} 发布" if project.is_frozen else "未发布"
    return f"第 {number} 版（{since}）"


def winners_in_force(context: Context) -> str:
    """What the paper says now, winners, terms and provinces; empty before the project is published."""
    project: Project = Project.objects.get(pk=context["project_id"])
    return winner_paper(context).digest if project.is_frozen else ""


def _scope(context: Context) -> str:
    if context["place"] == ROOT:
        return "全部中选产品"
    unit = Organization.objects.select_related("division").get(
        path=context["place"], tier=Tier.PROVINCE
    )
    return f"供应{(unit.division or unit).name}的中选产品"


WINNER_PAPER = register_paper(
    PaperSpec(
        name="projects.winners",
        title="中选结果签章件",
        build=winner_paper,
        count=lambda context: winners_at(context).count(),
        mark=winners_in_force,
        permissions=(Permission.EXPORT,),
    )
)
