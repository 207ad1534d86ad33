"""Writes rows of any number in constant memory.

    write_xlsx(file, SPEC, {"目录": queryset.values_list(...).iterator()}, manifest=Manifest(...))
    write_csv(file, SPEC.sheet("目录"), rows)

Records are mappings by column key or sequences in column order. Sheets are written one after the other; one
that outgrows Excel's limit goes on in "目录(2)". A last sheet says what was exported, by whom, and how many rows.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from .columns import SheetSpec, WorkbookSpec
from .rendering import Record, cells, is_like_formula, number_format
from .sheets import MANIFEST_SHEET

ROWS_PER_SHEET = 1_048_576
STEP = 1_000  # rows between two calls of `progress`
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the last sheet says. `conditions` are the filters in force, as (name, value)."""

    title: str = ""
    project: str = ""
    exported_by: str = ""
    at: datetime = field(default_factory=timezone.now)
    conditions: tuple[tuple[str, str], ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        at = f"{timezone.localtime(self.at):%Y-%m-%d %H:%M:%S}"
        said = [("内容", self.title), ("项目", self.project), *self.conditions]
        return [
            *((name, value) for name, value in said if value),
            ("导出人", self.exported_by),
            ("导出时间", at),
        ]


def write_xlsx(
    file: IO[bytes],
    spec: WorkbookSpec,
    sheets: Mapping[str, Iterable[Record]],
    *,
    manifest: Manifest | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the workbook; return the number of data rows. `progress` is told the rows written so far."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(file, options) as book:
        writer = XlsxSheets(book, progress or (lambda _done: None))
        counts = [
            (sheet.title, writer.write(sheet, sheets.get(sheet.title, ()))) for sheet in spec.sheets
        ]
        if manifest:
            writer.write_manifest(manifest, counts)
    return writer.done


class XlsxSheets:
    """The sheets of one workbook under way."""

    def __init__(self, book: xlsxwriter.Workbook, progress: Progress) -> None:
        self.book = book
        self.progress = progress
        self.done = 0
        self.header = book.add_format(
            {"bold": True, "bg_color": "#EAF1F8", "border": 1, "text_wrap": True}
        )
        self.literal = book.add_format({"num_format": "@", "quote_prefix": True})

    def write(self, sheet: SheetSpec, records: Iterable[Record]) -> int:
        """Write all records, over as many sheets as they need; return their number."""
        formats = [
            self.book.add_format({"num_format": number_format(column)}) for column in sheet.columns
        ]
        part, at, count = 1, 1, 0
        worksheet = self._open(sheet, part)
        for values in cells(sheet, records):
            if at >= ROWS_PER_SHEET:
                part, at = part + 1, 1
                worksheet = self._open(sheet, part)
            for position, value in enumerate(values):
                self._cell(worksheet, at, position, value, formats[position])
            at += 1
            count += 1
            self.done += 1
            if self.done % STEP == 0:
                self.progress(self.done)
        return count

    def _open(self, sheet: SheetSpec, part: int) -> Any:
        worksheet = self.book.add_worksheet(sheet.title if part == 1 else f"{sheet.title}({part})")
        worksheet.freeze_panes(1, 0)
        for position, column in enumerate(sheet.columns):
            worksheet.set_column(position, position, column.width)
            worksheet.write_string(0, position, column.title, self.header)
        return worksheet

    def _cell(self, worksheet: Any, row: int, position: int, value: Any, cell_format: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            # As text, and still text when somebody edits the cell.
            worksheet.write_string(
                row, position, value, self.literal if is_like_formula(value) else cell_format
            )
        elif isinstance(value, date):
            worksheet.write_datetime(row, position, value, cell_format)
        else:
            worksheet.write_number(row, position, value, cell_format)

    def write_manifest(self, manifest: Manifest, counts: list[tuple[str, int]]) -> None:
        worksheet = self.book.add_worksheet(MANIFEST_SHEET)
        worksheet.set_column(0, 0, 18)
        worksheet.set_column(1, 1, 60)
        lines: list[tuple[str, str | int]] = [*manifest.lines()]
        lines += [(f"工作表“{title}”行数", count) for title, count in counts]
        for row, (name, value) in enumerate([*lines, ("总行数", self.done)]):
            worksheet.write_string(row, 0, name, self.header)
            self._cell(worksheet, row, 1, value, None)


def write_csv(
    file: IO[bytes],
    sheet: SheetSpec,
    records: Iterable[Record],
    *,
    progress: Progress | None = None,
) -> int:
    """Write one sheet as CSV: UTF-8 with BOM, CRLF, as Excel opens it; return the number of data rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([column.title for column in sheet.columns])
    count = 0
    for values in cells(sheet, records):
        writer.writerow([_plain(value) for value in values])
        count += 1
        if progress and count % STEP == 0:
            progress(count)
    text.flush()
    text.detach()
    return count


def _plain(value: Any) -> str:
    """A CSV has no types: an apostrophe keeps a text from being evaluated."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if is_like_formula(value) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
