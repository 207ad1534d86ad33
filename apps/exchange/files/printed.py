"""Short workbooks, written with openpyxl: what most people open, and print.

The same rows in the same looks as `writer.XlsxSheets` streams them (`frames.py` says what both share). openpyxl
takes some fifteen times as long for a cell, so `writer.write_xlsx` asks for it up to `PRINTED_CELLS`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.frames import (
    EDGE_COLOUR,
    FONT,
    FOOTER,
    HEAD_COLOUR,
    MANIFEST_WIDTHS,
    MARGINS,
    QUIET_COLOUR,
    Line,
    Look,
    Manifest,
    lines_above,
    manifest_rows,
    merged_ranges,
    orientation,
    row_height,
    widths_of,
    wrapping,
)
from apps.exchange.files.normalizing import is_like_formula
from apps.exchange.files.rendering import Record, cells, is_text, number_format
from apps.exchange.files.sheets import MANIFEST_SHEET
from apps.exchange.files.spreadsheet import storable

EDGE = Side(style="thin", color=EDGE_COLOUR)
BORDER = Border(left=EDGE, right=EDGE, top=EDGE, bottom=EDGE)
PLAIN, BOLD = Font(name=FONT, size=10), Font(name=FONT, size=10, bold=True)
HEAD = PatternFill("solid", fgColor=HEAD_COLOUR)
MIDDLE = Alignment(vertical="center")
WRAPPED = Alignment(vertical="center", wrap_text=True)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
ABOVE = {
    Look.TITLE: (Font(name=FONT, size=14, bold=True), MIDDLE),
    Look.ABOUT: (Font(name=FONT, size=9, color=QUIET_COLOUR), WRAPPED),
    Look.NOTE: (PLAIN, MIDDLE),
}


def write_printed(
    file: IO[bytes],
    spec: WorkbookSpec,
    sheets: Mapping[str, Iterable[Record]],
    *,
    manifest: Manifest | None = None,
) -> int:
    """Write the workbook; return the number of data rows, which must fit into Excel's sheets."""
    book = Workbook(write_only=True)
    counts = []
    for sheet in spec.sheets:
        above = list(lines_above(spec, sheet, manifest))
        counts.append((sheet.title, _write_sheet(book, sheet, above, sheets[sheet.title])))
    if manifest:
        _write_manifest(book, manifest_rows(manifest, counts))
    book.save(file)
    return sum(count for _, count in counts)


def _write_sheet(
    book: Workbook, sheet: SheetSpec, above: Sequence[Line], records: Iterable[Record]
) -> int:
    widths, head = widths_of(sheet), len(above) + 1
    page = _page(book, sheet.title, widths)
    page.freeze_panes = f"A{head + 1}"
    for at, line in enumerate(above, start=1):
        if line.height:
            page.row_dimensions[at].height = line.height
        page.append([_text(page, line.text, *ABOVE[line.look], quoted=True)])
    page.append([_heading(page, column.title) for column in sheet.columns])
    pens = [Pens.of(page, column) for column in sheet.columns]
    count, texts = 0, wrapping(sheet)
    for at, values in enumerate(cells(sheet, records), start=head + 1):
        if height := row_height(texts, values):
            page.row_dimensions[at].height = height
        page.append([pen.written(value) for pen, value in zip(pens, values, strict=True)])
        count += 1
    page.auto_filter.ref = f"A{head}:{get_column_letter(len(widths))}{head + count}"
    page.print_title_rows = f"{head}:{head}"
    for cells_that_are_one in merged_ranges(above, widths):
        page.merged_cells.add(CellRange(cells_that_are_one))
    return count


def _page(book: Workbook, title: str, widths: Sequence[float]) -> Any:
    """An empty sheet with its paper: A4, all columns on one page's width, numbered pages."""
    page = book.create_sheet(title)
    page.sheet_view.tabSelected = page is book.worksheets[0]
    for position, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(position)].width = width
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = orientation(widths)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins = PageMargins(**MARGINS)
    page.oddFooter.center.text = FOOTER
    return page


def _write_manifest(book: Workbook, lines: Iterable[tuple[str, str | int]]) -> None:
    page = _page(book, MANIFEST_SHEET, MANIFEST_WIDTHS)
    text, count = (Pens.of(page, Column("value", "", kind)) for kind in (Kind.TEXT, Kind.WHOLE))
    for name, value in lines:
        said = _with_text(text.literal, value) if isinstance(value, str) else count.written(value)
        page.append([_heading(page, name), said])


@dataclass(frozen=True, slots=True)
class Pens:
    """The cells that stand for all of a column: rows are written when they are appended, and looks cost most."""

    plain: Any
    literal: Any  # for a text that must stay one when somebody edits it

    @classmethod
    def of(cls, page: Any, column: Column) -> Self:
        own = number_format(column)
        plain, literal = _pen(page, own), _pen(page, own)
        literal.quotePrefix = True
        return cls(plain, literal)

    def written(self, value: Any) -> Any:
        """A cell with the value; what Excel can't hold as a number or a day is a text, and none is a formula."""
        if is_text(value):
            text = str(value)
            return _with_text(self.literal if is_like_formula(text) else self.plain, text)
        self.plain.value = +value if isinstance(value, bool) else value
        return self.plain


def _pen(page: Any, form: str) -> Any:
    cell = WriteOnlyCell(page)
    cell.number_format = form
    cell.font, cell.border = PLAIN, BORDER
    cell.alignment = WRAPPED if form == "@" else MIDDLE
    return cell


def _heading(page: Any, text: str) -> Any:
    cell = _text(page, text, BOLD, CENTRED)
    cell.border, cell.fill = BORDER, HEAD
    return cell


def _text(page: Any, text: str, font: Font, alignment: Alignment, *, quoted: bool = False) -> Any:
    cell = WriteOnlyCell(page)
    cell.font, cell.alignment = font, alignment
    cell.number_format, cell.quotePrefix = "@", quoted
    return _with_text(cell, text)


def _with_text(cell: Any, text: str) -> Any:
    cell.value = storable(text)
    cell.data_type = "s"  # never a formula
    return cell
