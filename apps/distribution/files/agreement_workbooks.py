"""Exports of agreements and of their progress."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from apps.accounts.models.roles import Permission
from apps.distribution.domain.agreements.filters import AgreementFilter
from apps.distribution.domain.agreements.progress import Institutions, Step, progress_of
from apps.distribution.models import Agreement, AgreementLine
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.models import Project
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

Context = Mapping[str, Any]
AGREEMENTS, LINES, PROGRESS, UNITS = "三方协议", "协议明细", "签署进度", "医疗机构"
OPEN = tuple(Column(step.value, step.label, Kind.WHOLE) for step in Step)
CHUNK = 2_000
AGREEMENT_BOOK = WorkbookSpec(
    "distribution.agreements",
    filename="三方协议",
    sheets=(
        SheetSpec(
            LINES,
            (
                Column("code", "协议编号", width=22),
                Column("status", "签署状态", width=14),
                Column("project", "项目", width=30),
                Column("institution", "医疗机构", width=28),
                Column("manufacturer", "生产企业", width=28),
                Column("carrier", "配送企业", width=28),
                Column("item_code", "产品编码"),
                Column("variety", "品种名称", width=22),
                Column("specification", "规格", width=22),
                Column("pack", "包装数量", Kind.WHOLE),
                Column("price", "单价（元）", Kind.DECIMAL, decimals=4),
                Column("quantity", "协议采购量", Kind.WHOLE),
                Column("unit", "单位", width=8),
                Column("amount", "金额（元）", Kind.DECIMAL, width=16),
                Column("drawn_at", "生成时间", Kind.MOMENT, width=20),
                Column("signed_at", "签署件上传时间", Kind.MOMENT, width=20),
            ),
        ),
    ),
)
PROGRESS_BOOK = WorkbookSpec(
    "distribution.agreement_progress",
    filename="协议签署进度",
    sheets=(
        SheetSpec(
            PROGRESS,
            (
                Column("name", "地区 / 机构", width=30),
                Column("products", "协议产品", Kind.WHOLE),
                Column("covered", "有配送企业", Kind.WHOLE),
                Column("chosen", "已选择", Kind.WHOLE),
                Column("drawn", "已生成协议", Kind.WHOLE),
                Column("signed", "已签署", Kind.WHOLE),
                Column("rate", "签署率（%）", Kind.DECIMAL, decimals=1),
                *OPEN,
            ),
        ),
    ),
)


def _asked(context: Context) -> AgreementFilter:
    data = QueryDict(context["query"])
    return AgreementFilter(data or None, queryset=Agreement.objects.all())


def _lines(context: Context) -> QuerySet[Any]:
    agreements = matching(_asked(context))
    lines = AgreementLine.objects.filter(agreement__in=agreements.order_by().values("pk"))
    return lines.select_related(
        "agreement__project",
        "agreement__institution",
        "agreement__manufacturer",
        "agreement__carrier",
        "product__item",
        "terms",
    ).order_by("agreement__project_id", "agreement__number", "product__item__position", "pk")


def _records(context: Context) -> Iterator[dict[str, Any]]:
    for line in _lines(context).iterator(chunk_size=2_000):
        agreement, item = line.agreement, line.product.item
        yield {
            "code": agreement.code,
            "status": agreement.state.label,
            "project": agreement.project.name,
            "institution": agreement.institution.name,
            "manufacturer": agreement.manufacturer.name,
            "carrier": agreement.carrier.name,
            "item_code": item.item_code,
            "variety": item.variety,
            "specification": item.specification,
            "pack": line.terms.pack,
            "price": line.terms.price,
            "quantity": line.quantity,
            "unit": item.unit,
            "amount": line.amount,
            "drawn_at": agreement.drawn_at,
            "signed_at": agreement.signed_at,
        }


def _progress(context: Context) -> Iterator[dict[str, Any]]:
    rows = progress_of(Project.objects.get(pk=context["project_id"]), context["top"])
    for row in rows:
        yield {"name": row.name, "rate": round(row.rate, 1), **row.counts()}


def found_in(context: Context) -> Institutions:
    project = Project.objects.get(pk=context["project_id"])
    step, name = context.get("step", ""), context.get("name", "")
    return Institutions(project, context["top"], step=step, query=name)


def about_round(context: Context) -> About:
    project = Project.objects.get(pk=context["project_id"])
    return About(project=f"{project.code} {project.name}", project_code=project.code)


AGREEMENT_EXPORT = register_export(
    ExportSpec(
        name="distribution.agreements",
        title="导出三方协议",
        workbook=AGREEMENT_BOOK,
        rows=lambda context: {LINES: _records(context)},
        count=lambda context: _lines(context).order_by()[: AT_ONCE + 1].count(),
        about=lambda context: About(conditions=conditions_of(_asked(context).form)),
        permissions=(Permission.QUERY,),
    )
)
PROGRESS_EXPORT = register_export(
    ExportSpec(
        name="distribution.agreement_progress",
        title="导出协议签署进度",
        workbook=PROGRESS_BOOK,
        rows=lambda context: {PROGRESS: _progress(context)},
        count=lambda _context: 1,
        about=about_round,
        permissions=(Permission.EXPORT,),
    )
)
