"""Writes rows of any number in constant memory.

    write_xlsx(file, SPEC, {"目录": queryset.values_list(...).iterator()}, manifest=Manifest(...))
    write_csv(file, SPEC.sheet("目录"), rows)

Records are mappings by column key or sequences in column order. Sheets are written one after the other; one
that outgrows Excel's limit goes on in "目录(2)". A last sheet says what was exported, by whom, and how many rows.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from django.utils import timezone

from apps.exchange.files.cell_xml import DIGITS, number_cell, row_of
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.parsing import EXACT_IN_EXCEL
from apps.exchange.files.rendering import Record, is_like_formula, is_ordinary, rows, shown
from apps.exchange.files.sheets import MANIFEST_SHEET
from apps.exchange.files.spreadsheet import HEADER, LITERAL, Spreadsheet, header_row, text_cell
from apps.folding.domain.folding import visible

ROWS_PER_SHEET = 1_048_576
BYTES_PER_SHEET = (
    2_000_000_000  # uncompressed: more would need an archive that old programs can't open
)
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
    with Spreadsheet(file) as book:
        writer = XlsxSheets(book, progress or (lambda _done: None))
        counts = [
            (sheet.title, writer.write(sheet, sheets.get(sheet.title, ()))) for sheet in spec.sheets
        ]
        if manifest:
            writer.write_manifest(manifest, counts)
    return writer.done


class XlsxSheets:
    """The sheets of one workbook under way."""

    def __init__(self, book: Spreadsheet, progress: Progress) -> None:
        self.book = book
        self.progress = progress
        self.done = 0

    def write(self, sheet: SheetSpec, records: Iterable[Record]) -> int:
        """Write all records, over as many sheets as they need; return their number."""
        before, part = self.done, 1
        lines = rows(sheet, records)
        self._fill(sheet, sheet.title, lines)
        while (following := next(lines, None)) is not None:
            part += 1
            self._fill(sheet, f"{sheet.title}({part})", chain((following,), lines))
        return self.done - before

    def _fill(self, sheet: SheetSpec, title: str, lines: Iterable[Sequence[Any]]) -> None:
        """One sheet of the workbook, until it is full."""
        row = row_of(sheet, self.book.style)
        widths = [column.width for column in sheet.columns]
        head = len(sheet.notes) + 1
        with self.book.sheet(title, widths=widths, frozen_rows=head) as part:
            for at, note in enumerate(sheet.notes, start=1):
                text = text_cell(visible(note), self.book.style(LITERAL))
                part.write(f'<row r="{at}"><c r="A{at}{text}</row>')
            part.write(header_row([column.title for column in sheet.columns], head))
            for at, values in enumerate(islice(lines, ROWS_PER_SHEET - head), start=head + 1):
                part.write(row(at, values))
                part.last_row = at
                self.done += 1
                if self.done % STEP == 0:
                    self.progress(self.done)
                    if part.size > BYTES_PER_SHEET:
                        return

    def write_manifest(self, manifest: Manifest, counts: list[tuple[str, int]]) -> None:
        lines: list[tuple[str, str | int]] = [*manifest.lines()]
        lines += [(f"工作表“{title}”行数", count) for title, count in counts]
        text, count = self.book.style(LITERAL), self.book.style("#,##0")
        with self.book.sheet(MANIFEST_SHEET, widths=[18, 60]) as part:
            for at, (name, value) in enumerate([*lines, ("总行数", self.done)], start=1):
                said = (
                    text_cell(value, text) if isinstance(value, str) else number_cell(value, count)
                )
                part.write(
                    f'<row r="{at}"><c r="A{at}{text_cell(name, HEADER)}<c r="B{at}{said}</row>'
                )


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
    renders = [_csv_cell(column) for column in sheet.columns]
    count = 0
    for values in rows(sheet, records):
        writer.writerow([render(value) for render, value in zip(renders, values, strict=True)])
        count += 1
        if progress and count % STEP == 0:
            progress(count)
    text.flush()
    text.detach()
    return count


def _csv_cell(column: Column) -> Callable[[Any], str]:
    """From a value to its cell, with a short cut for ordinary ones."""
    is_text = column.kind in {Kind.TEXT, Kind.CODE}
    is_number = column.kind in {Kind.WHOLE, Kind.DECIMAL}
    is_date = column.kind is Kind.DATE

    def render(value: Any) -> str:
        kind = type(value)
        if is_text and kind is str and is_ordinary(value):
            return str(value)
        if is_number and kind is int and -EXACT_IN_EXCEL < value < EXACT_IN_EXCEL:
            return str(value)
        if is_number and kind is Decimal and value.is_finite() and value.adjusted() < DIGITS:
            return f"{value:f}"
        if is_date and kind is date:
            return str(value)
        return _plain(shown(column, value))

    return render


def _plain(value: Any) -> str:
    """A CSV has no types: an apostrophe keeps a text from being evaluated."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if is_like_formula(value) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
