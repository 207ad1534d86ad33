"""The workbook that clerks fill in: explanations, locked headers, lists to choose from, prefilled rows.

    write_template(SPEC, {"目录": rows}, stamp={"project": "FL-2026-001"}) -> bytes

Row 1 explains each column, row 2 holds the titles, data begin in row 3. Reading finds the titles by themselves.
"""

import io
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.normalizing import is_like_formula
from apps.exchange.files.rendering import Record, cells, number_format, row_key
from apps.exchange.files.sheets import LISTS_SHEET
from apps.exchange.files.spreadsheet import storable
from apps.exchange.files.stamps import write_stamp

HEADER_ROW, FIRST_ROW, LAST_CHECKED_ROW = 2, 3, 50_000
THIN = Side(style="thin", color="C3CEDA")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEADER_FILL, REQUIRED_FILL = (
    PatternFill("solid", fgColor="EAF1F8"),
    PatternFill("solid", fgColor="FFF3D6"),
)
LOCKED_FILL = PatternFill("solid", fgColor="F1F3F5")
FONT = "Microsoft YaHei"


class Pens(dict[tuple[str, bool], Any]):
    """A cell for each column, of which its cells are copies: styling each cell costs ten times its writing."""


def write_template(
    spec: WorkbookSpec,
    rows: Mapping[str, Iterable[Record]] | None = None,
    *,
    stamp: Mapping[str, str] | None = None,
) -> bytes:
    """The template as bytes. `rows` prefills sheets by title, `stamp` is found again in `Reading.stamp`."""
    book = Workbook()
    book.remove(book.active)
    lists = book.create_sheet(LISTS_SHEET)
    keys: list[str] = []
    for sheet in spec.sheets:
        keys += _write_sheet(book, lists, sheet, (rows or {}).get(sheet.title, ()))
    for aid in spec.aids:
        _write_sheet(book, lists, aid, (rows or {}).get(aid.title, ()))
    lists.sheet_state = "hidden"
    write_stamp(book, {"workbook": spec.name, **(stamp or {})}, keys)
    book.active = book.sheetnames.index(spec.sheets[0].title)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def template_name(spec: WorkbookSpec, stamp: Mapping[str, str]) -> str:
    """With what it was made for, such as the codes of a project and a unit: `采购需求-BL-H4201-模板.xlsx`."""
    return "-".join([spec.filename, *filter(None, stamp.values()), "模板.xlsx"])


def _write_sheet(
    book: Workbook, lists: Worksheet, sheet: SheetSpec, records: Iterable[Record]
) -> list[str]:
    worksheet = book.create_sheet(sheet.title)
    for position, column in enumerate(sheet.columns, start=1):
        _write_column(worksheet, lists, position, column)
    worksheet.row_dimensions[1].height = 54
    worksheet.freeze_panes = f"{get_column_letter(1 + _frozen(sheet))}{FIRST_ROW}"
    keys, pens = [], Pens()
    for values in cells(sheet, records):
        written = zip(sheet.columns, values, strict=True)
        worksheet.append([_cell(worksheet, column, value, pens) for column, value in written])
        keys.append(row_key(sheet, values))
    _protect(worksheet)
    return keys


def _frozen(sheet: SheetSpec) -> int:
    """The identifying columns at the left stay in sight, at most three."""
    leading = 0
    while leading < min(3, len(sheet.columns)) and sheet.columns[leading].key in sheet.key:
        leading += 1
    return leading


def _write_column(worksheet: Worksheet, lists: Worksheet, position: int, column: Column) -> None:
    letter = get_column_letter(position)
    dimension = worksheet.column_dimensions[letter]
    dimension.width = column.width
    dimension.number_format = number_format(column)
    dimension.protection = Protection(locked=column.locked)
    dimension.font = Font(name=FONT, size=10)
    explanation = worksheet.cell(1, position, explain(column))
    explanation.font = Font(name=FONT, size=9, color="566172")
    explanation.alignment = Alignment(wrap_text=True, vertical="top")
    title = worksheet.cell(HEADER_ROW, position, column.title)
    title.font = Font(name=FONT, size=10, bold=True)
    title.fill = REQUIRED_FILL if column.required else HEADER_FILL
    title.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
    for cell in (explanation, title):
        cell.border = BORDER
        cell.protection = Protection(locked=True)
        cell.number_format = "@"
    if not column.locked:
        _validate(worksheet, lists, letter, column)


def explain(column: Column) -> str:
    """The first row's sentence: required or not, what may stand here, then the column's own help."""
    what = {
        Kind.TEXT: f"文字，最多 {column.max_length} 个字",
        Kind.CODE: f"编码，{column.length} 位" if column.length else "编码",
        Kind.WHOLE: "整数",
        Kind.DECIMAL: f"数字，最多 {column.decimals} 位小数"
        + ("，单位 %" if column.percent else ""),
        Kind.DATE: "日期，如 2026-01-31",
        Kind.CHOICE: "从列表中选择",
        Kind.YESNO: "填“是”或“否”",
    }[column.kind]
    if column.locked:
        return f"不要改动。{column.help}"
    return f"{'必填' if column.required else '选填'}，{what}。{column.help}"


def _cell(worksheet: Worksheet, column: Column, value: Any, pens: Pens) -> Cell:
    """A cell to append to the sheet."""
    is_literal = isinstance(value, str) and is_like_formula(value)
    pen = pens.get((column.key, is_literal))
    if pen is None:
        pen = pens[column.key, is_literal] = WriteOnlyCell(worksheet)
        _style_cell(pen, column, is_literal=is_literal)
    cell = copy(pen)
    cell.value = storable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    return cell


def _style_cell(cell: Any, column: Column, *, is_literal: bool) -> None:
    cell.quotePrefix = is_literal
    cell.number_format = number_format(column)
    cell.font = Font(name=FONT, size=10)
    cell.protection = Protection(locked=column.locked)
    if column.locked:
        cell.fill = LOCKED_FILL


def _validate(worksheet: Worksheet, lists: Worksheet, letter: str, column: Column) -> None:
    validation = _validation(lists, column)
    if validation is None:
        return
    validation.allow_blank = not column.required
    validation.showErrorMessage = True
    validation.errorTitle = column.title[:32]
    validation.error = explain(column)[:255]
    validation.add(f"{letter}{FIRST_ROW}:{letter}{LAST_CHECKED_ROW}")
    worksheet.add_data_validation(validation)


def _validation(lists: Worksheet, column: Column) -> DataValidation | None:
    low = column.minimum if column.minimum is not None else -(10**15)
    high = column.maximum if column.maximum is not None else 10**15
    match column.kind:
        case Kind.CHOICE | Kind.YESNO:
            labels = [label for _, label in column.pairs] or ["是", "否"]
            return DataValidation(type="list", formula1=_list_range(lists, labels))
        case Kind.WHOLE:
            return DataValidation(
                type="whole", operator="between", formula1=str(low), formula2=str(high)
            )
        case Kind.DECIMAL if not column.percent:
            return DataValidation(
                type="decimal", operator="between", formula1=str(low), formula2=str(high)
            )
        case Kind.DATE:
            return DataValidation(type="date", operator="between", formula1="1", formula2="401768")
        case Kind.TEXT:
            return DataValidation(
                type="textLength", operator="lessThanOrEqual", formula1=str(column.max_length)
            )
    return None


def _list_range(lists: Worksheet, labels: list[str]) -> str:
    """Put the labels into a column of the hidden sheet: lists in the cell itself end at 255 characters."""
    position = 1 if lists.cell(1, 1).value is None else lists.max_column + 1
    for row, label in enumerate(labels, start=1):
        cell = lists.cell(row, position, label)
        cell.data_type = "s"  # never a formula
    letter = get_column_letter(position)
    return f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(labels)}"


def _protect(worksheet: Worksheet) -> None:
    """Headers and given cells are locked, without a password: against slips, not against people."""
    protection = worksheet.protection
    protection.sheet = True
    protection.formatCells = protection.formatColumns = protection.formatRows = False
    protection.insertRows = protection.deleteRows = False
    protection.sort = protection.autoFilter = False
