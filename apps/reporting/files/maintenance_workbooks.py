"""代填采购需求: the template with every institution's items, filled in and taken up again."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_import
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.readings import Reading
from apps.exchange.files.upload_checks import LIMITS
from apps.projects.files.workbooks import lock_project, project_of, stamp
from apps.projects.models import Project, ProjectKind
from apps.reporting.domain.maintenance.acts import maintain_lines
from apps.reporting.domain.maintenance.sheets import sheets_of
from apps.reporting.domain.sheet.saving import Entry
from apps.reporting.files.maintenance_check import Maintained, check_maintenance, maintained_filings
from apps.reporting.files.maintenance_columns import SHEET, maintenance_book
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing

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
    each: Maintained
    for each in (*outcome.new, *outcome.changed):
        entries.setdefault(each.filing_id, []).append(each.entry)
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
