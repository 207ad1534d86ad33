"""Export of how far agreements are, institution by institution."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.domain.calling import number_for
from apps.accounts.models.roles import Permission
from apps.distribution.domain.agreements.progress import Step
from apps.distribution.files.agreement_workbooks import (
    CHUNK,
    OPEN,
    UNITS,
    Context,
    about_round,
    found_in,
)
from apps.exchange.domain.exports import AT_ONCE, About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec

INSTITUTION_BOOK = WorkbookSpec(
    "distribution.agreement_units",
    filename="医疗机构协议进度",
    sheets=(
        SheetSpec(
            UNITS,
            (
                Column("code", "机构编码", Kind.CODE, width=18),
                Column("name", "医疗机构", width=30),
                Column("above", "上级", width=26),
                Column("products", "协议产品", Kind.WHOLE),
                Column("covered", "有配送企业", Kind.WHOLE),
                Column("chosen", "已选择", Kind.WHOLE),
                Column("drawn", "已生成协议", Kind.WHOLE),
                Column("signed", "已签署", Kind.WHOLE),
                *OPEN,
                Column("contact", "联系人", width=12),
                Column("phone", "联系电话", Kind.CODE, width=16),
            ),
        ),
    ),
)


def _units(context: Context) -> Iterator[dict[str, Any]]:
    institutions, skip = found_in(context), 0
    while rows := institutions.some(skip, CHUNK):
        skip += CHUNK
        for progress in rows:
            unit, parent = progress.filing.organization, progress.filing.parent
            yield {
                "code": unit.code,
                "name": unit.name,
                "above": parent.organization.name if parent else "",
                "contact": unit.contact_name,
                "phone": number_for(context.get("caller", ""), unit.path, unit.phone),
                **progress.counts(),
            }


def _about_units(context: Context) -> About:
    asked = (("进度", context.get("step", "")), ("医疗机构", context.get("name", "")))
    labels = {step.value: step.label for step in Step}
    told = tuple((label, str(labels.get(value, value))) for label, value in asked if value)
    about = about_round(context)
    return About(project=about.project, project_code=about.project_code, conditions=told)


INSTITUTIONS_EXPORT = register_export(
    ExportSpec(
        name="distribution.agreement_units",
        title="导出医疗机构协议进度",
        workbook=INSTITUTION_BOOK,
        rows=lambda context: {UNITS: _units(context)},
        count=lambda context: min(len(found_in(context)), AT_ONCE + 1),
        about=_about_units,
        permissions=(Permission.QUERY,),
    )
)
