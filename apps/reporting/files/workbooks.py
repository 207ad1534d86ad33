"""The sheet as a workbook that is filled in offline, and the exports of results."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from apps.accounts.models.roles import Permission
from apps.exchange.domain.cross_checks import is_sound, measured
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.readings import Reading
from apps.exchange.files.readings import Row as FileRow
from apps.projects.domain.own_codes.finding import codes_of
from apps.projects.files.own_codes import in_our_codes
from apps.projects.files.workbooks import project_of
from apps.projects.models import ProjectKind
from apps.reporting.domain.results import ResultRow, filtered
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.domain.words import in_words, read_words
from apps.reporting.files.columns import SHEET, entry_book, result_book
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.ui.domain.conditions import conditions_of

Context = Mapping[str, Any]
Record = dict[str, Any]
UNKNOWN = "这个品规不在本项目的目录里；本院自己的编码请先在“编码对照”里对应"


def filing_of(context: Context) -> Filing:
    """Raises `Filing.DoesNotExist` outside the scope."""
    filing: Filing = Filing.objects.select_related("project", "organization").get(
        pk=context["filing_id"]
    )
    return filing


def _book(context: Context) -> WorkbookSpec:
    project = project_of(context)
    return entry_book(project.baseline_years, is_history=project.kind == ProjectKind.HISTORY)


def _result_book(context: Context) -> WorkbookSpec:
    project = project_of(context)
    is_history = project.kind == ProjectKind.HISTORY
    return result_book(project.baseline_years, is_history=is_history)


def _result_rows(context: Context) -> dict[str, Iterator[Record]]:
    return {_result_book(context).sheets[0].title: map(_result, _results(context))}


def _prefill(context: Context) -> dict[str, Iterator[Record]]:
    filing = filing_of(context)
    return {SHEET: map(_record, rows_of(filing.project, filing))}


def _record(row: Row) -> Record:
    return {
        "item_code": row.item.item_code,
        "variety": row.item.variety,
        "specification": row.item.specification,
        "unit": row.item.unit,
        "pack_quantity": row.item.pack_quantity,
        "filling_note": row.item.filling_note,
        "bought": row.baseline.shown,
        "planned": row.planned,
        "words": row.words,
    }


def _stamp(context: Context) -> dict[str, str]:
    filing = filing_of(context)
    return {"项目": filing.project.code, "机构": filing.organization.code}


def check_sheet(reading: Reading, context: Context) -> DryRun:
    """Cells that are empty change nothing; a file twice finds everything unchanged."""
    filing = filing_of(context)
    known = {row.item.item_code: row for row in rows_of(filing.project, filing)}
    codes = codes_of(filing.project, filing.organization)
    outcome = DryRun()
    for file_row, problems in in_our_codes(reading, codes):
        row = known.get(file_row["item_code"])
        if row is None:
            problems = problems or [file_row.problem("item_code", UNKNOWN)]  # noqa: PLW2901
        else:
            item = row.item
            file_row, odd = measured(file_row, pack=item.pack_quantity, unit=item.unit)  # noqa: PLW2901
            problems.extend(odd)
        if not is_sound(outcome, file_row, problems) or row is None:
            continue
        entry = _entry(row, file_row.values)
        if entry.content == (row.planned, row.reason, row.explanation):
            outcome.unchanged.append(entry)
        else:
            (outcome.new if row.planned is None else outcome.changed).append(entry)
            tell_changes(outcome, file_row, row, entry)
    return outcome


def tell_changes(outcome: DryRun, file_row: FileRow, row: Row, entry: Entry) -> None:
    """What is new of a row that was filled in before."""
    if row.planned is not None:
        outcome.change(file_row, "planned", row.planned, entry.planned)
        if "words" in file_row.values:
            outcome.change(file_row, "words", row.words, in_words(entry.reason, entry.explanation))


def _entry(row: Row, values: Mapping[str, Any]) -> Entry:
    planned = row.planned if values["planned"] is None else values["planned"]
    words = values.get("words") or row.words
    return Entry(row.item.pk, planned, *read_words(words))


def _apply(outcome: DryRun, *, by: Any, context: Context) -> None:
    filing = filing_of(context)
    entries = [*outcome.new, *outcome.changed]
    save_lines(filing=filing, project=filing.project, entries=entries, by=by)


def _results(context: Context) -> list[ResultRow]:
    filing = filing_of(context)
    params = QueryDict(context.get("query", ""))
    _form, rows = filtered(filing.project, filing, params)
    return rows


def _result(result: ResultRow) -> Record:
    return {
        **_record(result.row),
        "rate": result.row.exact_rate,
        "status": result.label,
        "records": result.records,
    }


def _about(context: Context) -> About:
    project, filing = project_of(context), filing_of(context)
    form, _rows = filtered(project, filing, QueryDict(context.get("query", "")))
    return About(f"{project.code} {project.name}", project.code, conditions_of(form))


ENTRY_IMPORT = register_import(
    ImportSpec(
        name="reporting.entry",
        title="导入采购需求",
        workbook=_book,
        validate=check_sheet,
        apply=_apply,
        prefill=_prefill,
        stamp=_stamp,
        fixed_rows=True,
        permissions=(Permission.MAINTAIN,),
        refusals=(ReviewRefused,),
        help="模板里已有本机构的品规和历史采购量，填好“预采购量”和说明后上传。空着的单元格保持系统里的内容不变。",
    )
)
RESULT_EXPORT = register_export(
    ExportSpec(
        name="reporting.results",
        title="导出审查结果",
        workbook=_result_book,
        rows=_result_rows,
        count=lambda context: len(_results(context)),
        about=_about,
        permissions=(Permission.EXPORT,),
    )
)
