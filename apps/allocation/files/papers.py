"""协议量 by enterprise as a paper to sign: who takes how much of each of its products, and what that comes to.

Invariants: amounts are rounded once, line by line, and every total is the sum of the amounts above it; quantities of
different products are never added; per product Σ units = Σ packs · pack + Σ remainder.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from apps.accounts.models.roles import Permission
from apps.allocation.domain.quantities import price
from apps.allocation.files.workbooks import conditions_of, listed_agreements
from apps.allocation.models import SupplyTotal
from apps.exchange.domain.paper_content import SEALED, SIGNED_BY, Paper
from apps.exchange.domain.papers import PaperSpec, register_paper
from apps.exchange.files.paper_layout import Field, Section
from apps.organizations.models import Division, Enterprise, Organization
from apps.projects.domain.packs import whole_packs
from apps.projects.files.workbooks import project_of
from apps.projects.models import PackRounding, Project
from apps.scope.paths import ROOT
from apps.ui.formats import NOTHING, moment, whole

Context = Mapping[str, Any]
MOST = 10_000
"""Lines of one paper, some 800 pages; more are not signed in one piece."""
OF_INSTITUTIONS = (
    "包装数按项目的“包装取整”规则（{rule}）计算，余量 = 协议采购量 − 包装数 × 包装数量。"
)
OF_PROVINCES = "包装数为各省合计中的整包装，余量按最小单位另列。"
NOT_FINAL = "注意：项目还没有办结，协议量可能变化，本件不能用于签章。"
STATEMENT = "下表为“{project}”各中选企业的协议采购量，已核对无误。数量为最小制剂单位。"
MAKER_SEALS = (("中选企业（盖章）", "授权代表（签字）", "日期"),)
PRODUCT = (
    Field("品规编号"),
    Field("品种名称", share=3),
    Field("规格", share=3),
    Field("单位", "c"),
)
QUANTITIES = (
    Field("协议采购量", "r"),
    Field("包装数量", "r"),
    Field("包装数", "r"),
    Field("余量", "r"),
)
UNIT = (Field("地区", share=2), Field("医疗机构", share=4), Field("机构编码"))
LINE = (*PRODUCT, *QUANTITIES, Field("包装中选价\n（元）", "r"), Field("金额\n（元）", "r"))
TOTAL = (Field("序号", "r"), *PRODUCT, *QUANTITIES, Field("金额\n（元）", "r"))
MAKERS = (
    Field("序号", "r"),
    Field("中选企业", share=5),
    Field("统一社会信用代码"),
    Field("产品\n（个）", "r"),
    Field("明细\n（条）", "r"),
    Field("金额\n（元）", "r"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One agreed quantity of a product with its packs and its amount, each as it is added up."""

    total: SupplyTotal
    packs: int | None
    remainder: int | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Maker:
    """An enterprise with its lines."""

    enterprise: Enterprise
    lines: Sequence[Line]

    @property
    def products(self) -> int:
        return len({line.total.product_id for line in self.lines})

    @property
    def amount(self) -> Decimal:
        return added(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Units:
    """Whose quantities stand in the lines: provinces', or institutions' with the names of `regions`."""

    by_province: bool
    regions: Mapping[str, str]

    @property
    def columns(self) -> tuple[Field, ...]:
        return (Field("省份", share=4),) if self.by_province else UNIT

    def cells(self, total: SupplyTotal) -> tuple[str, ...]:
        unit = total.filing.organization
        division = unit.division.name if unit.division else ""
        if self.by_province:
            return (division or unit.name,)
        province = self.regions.get(total.path.strip("/").split("/")[1], "")
        place = division if division == province else f"{province}{division}"
        return (place, unit.name, unit.code)


def added(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def agreement_paper(context: Context) -> Paper:
    project = project_of(context)
    makers = list(_makers(project, context))
    by_province = _is_by_province(project, context)
    units = Units(by_province, {} if by_province else _regions(context["place"]))
    sections: list[Section] = []
    for maker in makers:
        sections += _of_maker(maker, units, is_first=not sections)
    if len(makers) > 1:
        sections.append(_summary(makers))
    packs = OF_PROVINCES if by_province else OF_INSTITUTIONS
    return Paper(
        title="中选企业协议采购量" + ("（按省份）" if by_province else "（按医疗机构）"),
        project_code=project.code,
        project_name=project.name,
        statement=STATEMENT.format(project=project.name)
        + packs.format(rule=project.get_pack_rounding_display()),
        warning="" if project.concluded_at else NOT_FINAL,
        about=_about(project, context),
        sections=sections,
        closing=_closing(makers) if len(makers) > 1 else "",
        seals=(SIGNED_BY, SEALED) if len(makers) > 1 or not context["enterprise"] else (),
    )


def count_lines(context: Context) -> int:
    """How many lines the paper would have, counted no further than decides whether it is made."""
    return int(listed_agreements(context).order_by()[: MOST + 1].count())


def agreements_in_force(context: Context) -> str:
    """When what was agreed became final; empty before that."""
    project = project_of(context)
    return project.concluded_at.isoformat() if project.concluded_at else ""


def paper_refusal(context: Context) -> str:
    """Why there is no such paper, in a sentence; empty where there is one."""
    lines = count_lines(context)
    if not lines:
        return "没有符合条件的协议量，没有可以签章的内容。"
    if lines > MOST:
        return (
            f"一份签章件最多 {MOST:,} 条明细，请先按地区或中选企业查询缩小范围，或改为按省份生成。"
        )
    return ""


def _is_by_province(project: Project, context: Context) -> bool:
    return bool(context["by_province"] or (context["enterprise"] and not project.concluded_at))


def _makers(project: Project, context: Context) -> Iterator[Maker]:
    rule = PackRounding.DOWN
    if not _is_by_province(project, context):
        rule = PackRounding(project.pack_rounding)
    rows = listed_agreements(context).order_by(
        "product__enterprise__sort_key",
        "product__enterprise_id",
        "path",
        "product__item__position",
        "product_id",
        "pk",
    )
    for enterprise, totals in groupby(rows, key=lambda total: total.product.enterprise):
        yield Maker(enterprise, [_line(total, rule) for total in totals])


def _line(total: SupplyTotal, rule: PackRounding) -> Line:
    pack = total.agreed_terms.pack
    packs, remainder = whole_packs(total.quantity, pack, rule) if pack else (None, None)
    return Line(total, packs, remainder, total.amount)


def _of_maker(maker: Maker, units: Units, *, is_first: bool) -> list[Section]:
    """The lines of an enterprise, then its sums by product, which it seals."""
    named = f"{maker.enterprise.name}（{maker.enterprise.uscc}）"
    counted = f"共 {whole(len(maker.lines))} 条、{whole(maker.products)} 个产品"
    lines = Section(
        title=named,
        columns=(Field("序号", "r"), *units.columns, *LINE),
        rows=[
            (str(number), *units.cells(line.total), *_cells(line))
            for number, line in enumerate(maker.lines, 1)
        ],
        starts_page=not is_first,
    )
    sums = Section(
        title=f"{maker.enterprise.name} 按产品合计",
        columns=TOTAL,
        rows=[(str(number), *cells) for number, cells in enumerate(_sums(maker.lines), 1)],
        closing=f"{named}：{counted}，金额合计 {money(maker.amount)} 元。",
        seals=MAKER_SEALS,
    )
    return [lines, sums]


def _cells(line: Line) -> tuple[str, ...]:
    terms = line.total.agreed_terms
    return (
        *_product(line.total),
        whole(line.total.quantity),
        whole(terms.pack),
        whole(line.packs),
        whole(line.remainder),
        NOTHING if terms.price is None else price(terms.price),
        money(line.amount),
    )


def _product(total: SupplyTotal) -> tuple[str, ...]:
    item = total.product.item
    return item.item_code, item.variety, item.specification, item.unit


def _sums(lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """Of each product what its lines come to, in the order of the catalogue."""
    by_product: dict[int, list[Line]] = {}
    for line in lines:
        by_product.setdefault(line.total.product_id, []).append(line)
    for own in sorted(by_product.values(), key=lambda own: own[0].total.product.item.position):
        pack = own[0].total.agreed_terms.pack
        yield (
            *_product(own[0].total),
            whole(sum(line.total.quantity for line in own)),
            whole(pack),
            whole(sum(line.packs or 0 for line in own) if pack else None),
            whole(sum(line.remainder or 0 for line in own) if pack else None),
            money(added(line.amount for line in own)),
        )


def _summary(makers: Sequence[Maker]) -> Section:
    rows = [
        (
            str(number),
            maker.enterprise.name,
            maker.enterprise.uscc,
            whole(maker.products),
            whole(len(maker.lines)),
            money(maker.amount),
        )
        for number, maker in enumerate(makers, 1)
    ]
    return Section("各中选企业合计", MAKERS, rows, starts_page=True)


def _closing(makers: Sequence[Maker]) -> str:
    lines = sum(len(maker.lines) for maker in makers)
    amount = added(maker.amount for maker in makers)
    return f"合计：{whole(len(makers))} 家中选企业，{whole(lines)} 条，金额 {money(amount)} 元。"


def _about(project: Project, context: Context) -> tuple[tuple[str, str], ...]:
    unit = Organization.objects.filter(path=context["place"]).first() if context["place"] else None
    scope = "本企业" if context["enterprise"] else (unit.name if unit else "")
    if context["place"] == ROOT and not context["enterprise"]:
        scope = "全国"
    state = f"{moment(project.concluded_at)} 办结" if project.concluded_at else "未办结"
    asked = conditions_of(context)
    return (
        ("范围", scope),
        ("版本", f"{moment(project.published_at)} 发布，{state}"),
        *((("查询条件", "；".join(asked)),) if asked else ()),
    )


def _regions(place: str) -> dict[str, str]:
    """Names of the provinces by the two digits of their paths, where there are several to tell apart."""
    if place != ROOT:
        return {}
    rows = Division.objects.filter(code__endswith="0000").values_list("code", "name")
    return {code[:2]: name for code, name in rows}


def money(amount: Decimal | None) -> str:
    return NOTHING if amount is None else f"{amount:,.2f}"


AGREEMENT_PAPER = register_paper(
    PaperSpec(
        name="allocation.agreements",
        title="协议量签章件",
        build=agreement_paper,
        count=count_lines,
        mark=agreements_in_force,
        permissions=(Permission.QUERY,),
    )
)
