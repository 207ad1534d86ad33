"""约定采购量计算基数 and 约定采购量 as papers to sign: of the nation with its provinces, or of one province.

Invariant: a paper is of a published version, and says its number; the tables are those of the pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.paper_content import Paper
from apps.exchange.domain.papers import PaperSpec, register_paper
from apps.exchange.files.paper_layout import Field, Section
from apps.organizations.models import Tier
from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.ui.formats import moment, whole
from apps.volumes.domain.agreed.rows import AgreedRow, agreed_rows_of_each
from apps.volumes.domain.bases.rows import BaseRow, rows_of_each
from apps.volumes.domain.figures import per_cent, plain
from apps.volumes.models import AgreedVersion, BaseVersion
from apps.volumes.models.base import Version

Context = Mapping[str, Any]
NATION = "全国"
OF_PAPERS = (Tier.ALLIANCE, Tier.PROVINCE)
"""Whose volumes are signed: the nation's and the provinces'."""
BASE = "下表为“{project}”的约定采购量计算基数，由各省审核通过的采购需求量汇总，经折算系数折合到主规格，已核对无误。"
AGREED = "下表为“{project}”的约定采购量，由已发布的计算基数按项目规则计算，已核对无误。"
UNITS = "数量为最小制剂单位，不同单位的数量不相加。"
BASE_FIELDS = (
    Field("序号", "r"),
    Field("品规编号"),
    Field("品种名称", share=3),
    Field("规格", share=3),
    Field("竞争单元", share=3),
    Field("单位", "c"),
    Field("填报量合计", "r"),
    Field("折算系数", "r"),
    Field("主规格编号"),
    Field("计算基数\n（主规格）", "r"),
)
AGREED_FIELDS = (
    Field("序号", "r"),
    Field("品规编号"),
    Field("品种名称", share=3),
    Field("规格", share=3),
    Field("单位", "c"),
    Field("计算基数", "r"),
    Field("中选企业\n（家）", "r"),
    Field("带量比例", "r"),
    Field("约定采购量", "r"),
    Field("保留量", "r"),
    Field("待分配\n（调剂）量", "r"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells one paper from the other; `digest` is the version's own."""

    title: str
    statement: str
    digest: str


def base_paper(context: Context) -> Paper:
    version: BaseVersion = BaseVersion.objects.select_related("project").get(
        pk=context["version_id"]
    )
    filings = _filings(context, version.missing)
    rows = rows_of_each(version, filings)
    sections = [_base_section(filing, rows[filing.pk], filings) for filing in filings]
    kind = Kind("约定采购量计算基数", BASE, version.totals_hash)
    return _paper(kind, version, filings, sections)


def agreed_paper(context: Context) -> Paper:
    version: AgreedVersion = AgreedVersion.objects.select_related("project", "base").get(
        pk=context["version_id"]
    )
    filings = _filings(context, version.base.missing)
    rows = agreed_rows_of_each(version, filings)
    sections = [_agreed_section(filing, rows[filing.pk], filings) for filing in filings]
    return _paper(Kind("约定采购量", AGREED, version.digest), version, filings, sections)


def base_in_force(context: Context) -> str:
    return _in_force(BaseVersion, context)


def agreed_in_force(context: Context) -> str:
    return _in_force(AgreedVersion, context)


def _in_force(model: type[Version], context: Context) -> str:
    """The number of the version that is published now; empty while none is."""
    rows: Any = model.objects  # type: ignore[attr-defined]
    project = rows.filter(pk=context["version_id"]).values("project")
    published = rows.filter(project__in=project).published().first()
    return str(published.number) if published else ""


def count_rows(context: Context) -> int:
    """Items for the nation and each of its provinces, or for one province; none left out."""
    filing: Filing = Filing.objects.get(pk=context["filing_id"])
    items = CatalogItem.objects.filter(project_id=filing.project_id).count()
    units = 1 + Filing.objects.children_of(filing).count() if filing.is_root else 1
    return items * units


def _filings(context: Context, missing: Sequence[str]) -> list[Filing]:
    """The province itself, or the nation and the provinces that were counted. Raises `DoesNotExist` out of scope."""
    own: Filing = Filing.objects.select_related("organization__division").get(
        pk=context["filing_id"], tier__in=OF_PAPERS
    )
    if not own.is_root:
        return [own]
    below = (
        Filing.objects.children_of(own).select_related("organization__division").order_by("path")
    )
    return [own, *(filing for filing in below if filing.path not in missing)]


def _paper(
    kind: Kind, version: Version, filings: Sequence[Filing], sections: list[Section]
) -> Paper:
    project = version.project
    return Paper(
        title=kind.title,
        project_code=project.code,
        project_name=project.name,
        statement=kind.statement.format(project=project.name) + UNITS,
        about=(
            ("范围", _scope(filings)),
            ("版本", f"第 {version.number} 版（{moment(version.published_at)} 发布）"),
            ("版本数据摘要", kind.digest),
        ),
        sections=sections,
    )


def _scope(filings: Sequence[Filing]) -> str:
    first = filings[0]
    return f"全国和 {len(filings) - 1} 个省份" if first.is_root else first.organization.name


def _name(filing: Filing) -> str:
    if filing.is_root:
        return NATION
    return str((filing.organization.division or filing.organization).name)


def _base_section(filing: Filing, rows: Sequence[BaseRow], filings: Sequence[Filing]) -> Section:
    wanted = sum(1 for row in rows if row.quantity)
    return Section(
        title=_name(filing),
        columns=BASE_FIELDS,
        rows=[_base_cells(number, row) for number, row in enumerate(rows, 1)],
        closing=f"{_name(filing)}：共 {whole(len(rows))} 个品规，有填报量的 {whole(wanted)} 个。",
        starts_page=filing is not filings[0],
    )


def _base_cells(number: int, row: BaseRow) -> tuple[str, ...]:
    item = row.item
    return (
        str(number),
        item.item_code,
        item.variety,
        item.specification,
        item.competition_unit,
        item.unit,
        whole(row.quantity),
        plain(row.coefficient),
        row.main.item_code,
        plain(row.converted),
    )


def _agreed_section(
    filing: Filing, rows: Sequence[AgreedRow], filings: Sequence[Filing]
) -> Section:
    agreed = sum(1 for row in rows if row.held.agreed)
    return Section(
        title=_name(filing),
        columns=AGREED_FIELDS,
        rows=[_agreed_cells(number, row) for number, row in enumerate(rows, 1)],
        closing=f"{_name(filing)}：共 {whole(len(rows))} 个品规，有约定采购量的 {whole(agreed)} 个。",
        starts_page=filing is not filings[0],
    )


def _agreed_cells(number: int, row: AgreedRow) -> tuple[str, ...]:
    item, held, terms = row.item, row.held, row.terms
    return (
        str(number),
        item.item_code,
        item.variety,
        item.specification,
        item.unit,
        plain(held.base),
        whole(terms.winners) if terms.winners else "无中选",
        per_cent(terms.ratio),
        whole(held.agreed),
        whole(held.kept),
        whole(held.pending),
    )


BASE_PAPER = register_paper(
    PaperSpec(
        name="volumes.base",
        title="约定采购量计算基数签章件",
        build=base_paper,
        count=count_rows,
        mark=base_in_force,
        permissions=(Permission.EXPORT,),
    )
)
AGREED_PAPER = register_paper(
    PaperSpec(
        name="volumes.agreed",
        title="约定采购量签章件",
        build=agreed_paper,
        count=count_rows,
        mark=agreed_in_force,
        permissions=(Permission.EXPORT,),
    )
)
