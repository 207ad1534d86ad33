"""The clerk's own workbook back, every error marked in its cell and listed on a sheet in front.

Up to `MARKED_IN_PLACE` cells the file is the clerk's own, with all that is in it; beyond that the sheets that were
read are copied with the looks of their cells, in constant memory.
"""

import logging
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import PurePath
from typing import IO, Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.errors.copy import copied_rows, save_with_rows
from apps.exchange.files.errors.looks import FILL, Looks
from apps.exchange.files.headers import HEADER_ROWS, Header, find_header
from apps.exchange.files.opened import OpenedBook
from apps.exchange.files.plain_source import PlainSource
from apps.exchange.files.readings import Problem
from apps.exchange.files.sheets import PROBLEMS_SHEET, STAMP_SHEET, pair_sheets
from apps.exchange.files.spreadsheet import storable
from apps.exchange.files.upload_checks import FileRefused, Shapes, check_upload
from apps.exchange.files.writer import write_xlsx

logger = logging.getLogger(__name__)
MARKED_IN_PLACE = 400_000
TAGS_IN_PLACE = (
    1_600_000  # cells right of the table are loaded too, and rows alone don't tell of them
)
MARKS = 5_000  # cells with a comment; the list holds all problems
LIST = SheetSpec(
    PROBLEMS_SHEET,
    (
        Column("sheet", "工作表", width=16),
        Column("row", "行", Kind.WHOLE, width=8),
        Column("column", "列", width=20),
        Column("message", "问题", width=80, max_length=500),
    ),
)
AUTHOR = "导入检查"
Marks = dict[tuple[int, int], str]  # (row, column from 1) → what is wrong there


def error_workbook(file: BinaryIO, spec: WorkbookSpec, problems: Iterable[Problem]) -> IO[bytes]:
    """The workbook with its errors, as an open temporary file; what nobody can open, as the list alone.

    In the process that asks: that of an upload is made by `uploads.asking`.
    """
    found = list(problems)
    target = tempfile.TemporaryFile()  # noqa: SIM115  (handed to the caller)
    if not write_report(file, spec, found, target):
        target.close()
        return list_alone(found)
    target.seek(0)
    return target


def write_report(
    file: BinaryIO, spec: WorkbookSpec, problems: list[Problem], target: IO[bytes]
) -> bool:
    """The workbook with its errors; False if nothing can be shown of it.

    What openpyxl can't open or save comes back with its values alone.
    """
    for write in _ways(file, spec):
        target.seek(0)
        target.truncate()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells which decorations it leaves out
                write(file, spec, problems, target)
        except Exception as error:  # noqa: BLE001 openpyxl raises whatever a decoration makes it stumble over
            logger.info("The error report falls back from %s: %r", write.__name__, type(error))
        else:
            return True
    return False


def _ways(file: BinaryIO, spec: WorkbookSpec) -> list[Callable[..., None]]:
    """From the most that can be shown to the least."""
    try:
        shapes = check_upload(file, "checked.xlsx")
    except FileRefused:
        return []
    return [_mark_in_place if _is_short(shapes, spec) else _copy_marked, _copy_values]


def report_name(filename: str) -> str:
    """`目录.xlsx` → `目录-错误标注.xlsx`."""
    return f"{PurePath(filename).stem}-错误标注.xlsx"


def _is_short(shapes: Shapes, spec: WorkbookSpec) -> bool:
    """Whether the whole workbook may be held in memory."""
    widest = max(len(sheet.columns) for sheet in spec.sheets)
    cells = sum(shape.rows for shape in shapes.values()) * widest
    tags = sum(shape.tags for shape in shapes.values())
    return cells <= MARKED_IN_PLACE and tags <= TAGS_IN_PLACE


def _lines(problems: list[Problem]) -> list[list[Any]]:
    return [[problem.sheet, problem.row, problem.column, problem.message] for problem in problems]


def _mark_in_place(
    file: BinaryIO, spec: WorkbookSpec, problems: list[Problem], target: IO[bytes]
) -> None:
    book = load_workbook(file, keep_links=False)
    if len(book.worksheets) < len(OpenedBook(file).worksheets):
        raise LookupError("openpyxl has found fewer sheets than there are.")
    for sheet, worksheet in _read_sheets(book, spec):
        _clear_earlier_marks(worksheet)
        rows = ([cell.value for cell in row] for row in worksheet.iter_rows(max_row=HEADER_ROWS))
        marks = _marks(_header_among(sheet, rows), sheet, problems)
        for (row, column), message in marks.items():
            cell = worksheet.cell(row, column)
            cell.fill = FILL
            cell.comment = _comment(message)
    _insert_list(book, problems)
    book.save(target)


def _read_sheets(book: Any, spec: WorkbookSpec) -> list[tuple[SheetSpec, Any]]:
    return [pair for pair in pair_sheets(book, spec) if pair[1] is not None]


def _clear_earlier_marks(worksheet: Any) -> None:
    """What an earlier report said of cells that may be right by now."""
    for row in worksheet.iter_rows():
        for cell in row:
            if cell.comment and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _header_among(sheet: SheetSpec, rows: Iterable[list[Any]]) -> Header | None:
    found = (find_header(sheet, number, row) for number, row in enumerate(rows, start=1))
    return next((header for header in found if header), None)


def _marks(header: Header | None, sheet: SheetSpec, problems: list[Problem]) -> Marks:
    """What to write where; a problem of a whole row is marked in its first column."""
    if header is None or not header.columns:
        return {}
    positions = {column.title: position + 1 for position, column in header.columns}
    first = min(positions.values())
    messages: dict[tuple[int, int], list[str]] = defaultdict(list)
    for problem in problems:
        if problem.sheet == sheet.title and problem.row and len(messages) < MARKS:
            messages[problem.row, positions.get(problem.column, first)].append(problem.message)
    return {place: "；".join(said)[:1_000] for place, said in messages.items()}


def _insert_list(book: Workbook, problems: list[Problem]) -> None:
    if PROBLEMS_SHEET in book.sheetnames:  # the clerk corrects an earlier report
        book.remove(book[PROBLEMS_SHEET])
    listed = book.create_sheet(PROBLEMS_SHEET, 0)
    listed.append([column.title for column in LIST.columns])
    for cell in listed[1]:
        cell.font = Font(bold=True)
    for number, line in enumerate(_lines(problems), start=2):
        for position, value in enumerate(line, start=1):
            cell = listed.cell(
                number, position, storable(value) if isinstance(value, str) else value
            )
            cell.data_type = "n" if isinstance(value, int) else "s"  # never a formula
    for position, column in enumerate(LIST.columns, start=1):
        listed.column_dimensions[get_column_letter(position)].width = column.width
    listed.freeze_panes = "A2"
    book.active = 0
    for worksheet in book.worksheets[1:]:
        worksheet.sheet_view.tabSelected = False


def _copy_marked(
    file: BinaryIO, spec: WorkbookSpec, problems: list[Problem], target: IO[bytes]
) -> None:
    """The values of the sheets that were read with their looks, and the template's stamp, streamed."""
    source = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    _copy(source, spec, problems, target)


def _copy_values(
    file: BinaryIO, spec: WorkbookSpec, problems: list[Problem], target: IO[bytes]
) -> None:
    """As the reader read them, without looks."""
    file.seek(0)
    _copy(PlainSource(file), spec, problems, target)


def _copy(source: Any, spec: WorkbookSpec, problems: list[Problem], target: IO[bytes]) -> None:
    book = Workbook()
    book.remove(book.active)
    _insert_list(book, problems)
    with ExitStack() as open_files:
        copies = {}
        for sheet, worksheet in _read_sheets(source, spec):
            worksheet.reset_dimensions()
            head = worksheet.iter_rows(max_row=HEADER_ROWS, max_col=200, values_only=True)
            header = _header_among(sheet, (list(row) for row in head))
            if header is not None and header.columns:
                copied = book.create_sheet(worksheet.title[:31])
                marks = _marks(header, sheet, problems)
                _frame_copy(copied, header, marks)
                rows = open_files.enter_context(tempfile.TemporaryFile())
                cells = worksheet.iter_rows(max_col=header.width)
                rows.writelines(copied_rows(cells, Looks(copied), marks))
                copies[copied.title] = rows
        if STAMP_SHEET in source.sheetnames:
            _copy_stamp(source[STAMP_SHEET], book.create_sheet(STAMP_SHEET))
        save_with_rows(book, copies, target)


def _frame_copy(copied: Any, header: Header, marks: Marks) -> None:
    """What surrounds the rows: panes, widths, comments."""
    copied.freeze_panes = f"A{header.row + 1}"
    for position, column in header.columns:
        copied.column_dimensions[get_column_letter(position + 1)].width = column.width
    for place, message in marks.items():
        copied.cell(*place).comment = _comment(message)


def _comment(message: str) -> Comment:
    return Comment(message, AUTHOR, height=80, width=260)


def _copy_stamp(worksheet: Any, copied: Any) -> None:
    for values in worksheet.iter_rows(values_only=True, max_col=2):
        copied.append(values)
    copied.sheet_state = "veryHidden"


def list_alone(problems: list[Problem]) -> IO[bytes]:
    target = tempfile.TemporaryFile()  # noqa: SIM115  (handed to the caller)
    book = WorkbookSpec("exchange.problems", filename=PROBLEMS_SHEET, sheets=(LIST,))
    write_xlsx(target, book, {PROBLEMS_SHEET: _lines(problems)})
    target.seek(0)
    return target
