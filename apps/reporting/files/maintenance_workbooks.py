"""代填采购需求: the template with every institution's items, filled in and taken up again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_import
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.readings import Reading
from apps.exchange.files.upload_checks import LIMITS
from apps.projects.files.workbooks import lock_project, project_of, stamp
from apps.projects.models import Project, ProjectKind
from apps.reporting.domain.maintenance.acts import maintain_lines
from apps.reporting.domain.maintenance.sheets import sheets_of
from apps.reporting.domain.sheet.saving import Entry
from apps.reporting.domain.words import MOST_WORDS
from apps.reporting.files.columns import years_in_words
from apps.reporting.files.maintenance_check import Maintained, check_maintenance, maintained_filings
from apps.reporting.models import MOST
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing

SHEET = "代填采购需求"


def maintenance_book(years: Sequence[int], *, is_history: bool) -> WorkbookSpec:
    bought = f"{years_in_words(years)}采购量"
    given = (
        Column("code", "机构编码", Kind.CODE, required=True, max_length=30, width=18, locked=True),
        Column("name", "机构名称", max_length=120, width=28, locked=True, optional=True),
        Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16, locked=True),
        Column("variety", "品种名称", width=18, locked=True, optional=True),
        Column("specification", "规格", width=16, locked=True, optional=True),
        Column("unit", "最小制剂单位", width=8, locked=True, optional=True),
    )  # fmt: skip
    planned = Column(
        "planned", bought if is_history else "预采购量", Kind.WHOLE, minimum=0, maximum=MOST,
        is_quantity=True, width=14, help="最小制剂单位的整数，或如 120盒；没有需求填 0；空着的行保持不变。",
    )  # fmt: skip
    more = (
        Column("bought", bought, Kind.WHOLE, width=14, locked=True, optional=True),
        planned,
        Column(
            "words",
            "增幅降幅说明",
            max_length=MOST_WORDS,
            width=34,
            help="变动大的品规须说明。",
            optional=True,
        ),
    )
    columns = (*given, planned) if is_history else (*given, *more)
    sheet = SheetSpec(SHEET, columns, key=("code", "item_code"))
    return WorkbookSpec(name="reporting.maintenance", filename="代填采购需求", sheets=(sheet,))


Context = Mapping[str, Any]
Record = dict[str, Any]
AT_ONCE = 200
"""Institutions whose lines are read together for the template."""


def _book(context: Context) -> WorkbookSpec:
    project = project_of(context)
    is_history = project.kind == ProjectKind.HISTORY
    return maintenance_book(project.baseline_years, is_history=is_history)


def _prefill(context: Context) -> dict[str, Iterator[Record]]:
    """Every institution with every item, unless that is more than a file may hold."""
    project = project_of(context)
    filings = maintained_filings(project)
    if len(filings) * project.items.count() > LIMITS.rows:
        return {}
    return {SHEET: _records(project, filings)}


def _records(project: Project, filings: list[Filing]) -> Iterator[Record]:
    for start in range(0, len(filings), AT_ONCE):
        some = filings[start : start + AT_ONCE]
        sheets = sheets_of(project, some)
        for filing in some:
            for row in sheets.rows(filing):
                yield {
                    "code": filing.organization.code,
                    "name": filing.organization.name,
                    "item_code": row.item.item_code,
                    "variety": row.item.variety,
                    "specification": row.item.specification,
                    "unit": row.item.unit,
                    "bought": row.baseline.shown,
                    "planned": row.planned,
                    "words": row.words,
                }


def _check(reading: Reading, context: Context) -> DryRun:
    return check_maintenance(project_of(context), reading)


def _apply(outcome: DryRun, *, by: Any, context: Context) -> None:
    entries: dict[int, list[Entry]] = {}
    line: Maintained
    for line in (*outcome.new, *outcome.changed):
        entries.setdefault(line.filing_id, []).append(line.entry)
    maintain_lines(project=project_of(context), entries=entries, by=by)


MAINTENANCE_IMPORT = register_import(
    ImportSpec(
        name="reporting.maintenance",
        title="导入代填采购需求",
        workbook=_book,
        validate=_check,
        apply=_apply,
        prefill=_prefill,
        stamp=stamp,
        lock=lock_project,
        permissions=(Permission.MAINTAIN, Permission.IMPORT),
        refusals=(ReviewRefused,),
        help="模板里已有本省代填的机构和品规，填好“预采购量”和说明后上传。空着的单元格保持系统里的内容不变；"
        "导入后在“审核”里代报。",
    )
)
