"""Writes rows of any number in constant memory: short workbooks with openpyxl, long ones as a stream.

    write_xlsx(file, SPEC, {"目录": queryset.values_list(...).iterator()}, manifest=Manifest(...))
    write_csv(file, SPEC.sheet("目录"), rows)

Records are mappings by column key or sequences in column order. Sheets are written one after the other; one
that outgrows Excel's limit goes on in "目录(2)". A last sheet says what was exported, by whom, and how many rows.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from apps.exchange.files.cell_xml import DIGITS, number_cell, row_of
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.frames import (
    MANIFEST_WIDTHS,
    Manifest,
    lines_above,
    manifest_rows,
    merged_ranges,
    widths_of,
)
from apps.exchange.files.normalizing import is_like_formula
from apps.exchange.files.parsing import EXACT_IN_EXCEL
from apps.exchange.files.printed import write_printed
from apps.exchange.files.rendering import Record, is_ordinary, rows, shown
from apps.exchange.files.sheets import MANIFEST_SHEET
from apps.exchange.files.spreadsheet import (
    HEADER,
    LITERAL,
    Spreadsheet,
    header_row,
    line_above,
    text_cell,
)
from apps.folding.domain.folding import visible

ROWS_PER_SHEET = 1_048_576
BYTES_PER_SHEET = (
    2_000_000_000  # uncompressed: more would need an archive that old programs can't open
)
PRINTED_CELLS = 60_000  # what openpyxl writes in a second
STEP = 1_000  # rows between two calls of `progress`
Progress = Callable[[int], None]


def write_xlsx(
    file: IO[bytes],
    spec: WorkbookSpec,
    sheets: Mapping[str, Iterable[Record]],
    *,
    manifest: Manifest | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the workbook; return the number of data rows. `progress` is told the rows written so far."""
    told = _forward(progress or (lambda _done: None))
    held, is_short = hold(spec, sheets, PRINTED_CELLS, told)
    if is_short:
        return write_printed(file, spec, held, manifest=manifest)
    with Spreadsheet(file) as book:
        writer = XlsxSheets(book, spec, manifest, told)
        counts = [(sheet.title, writer.write(sheet, held[sheet.title])) for sheet in spec.sheets]
        if manifest:
            writer.write_manifest(manifest_rows(manifest, counts))
    return writer.done


def _forward(progress: Progress) -> Progress:
    """Rows are read ahead and written later: whoever waits is told of each once."""
    furthest = 0

    def told(done: int) -> None:
        nonlocal furthest
        if done > furthest:
            furthest = done
            progress(done)

    return told


def hold(
    spec: WorkbookSpec, sheets: Mapping[str, Iterable[Record]], limit: int, progress: Progress
) -> tuple[dict[str, Iterable[Record]], bool]:
    """The same records, read ahead up to `limit` cells, and whether these are all; no more of them are held."""
    held: dict[str, Iterable[Record]] = {}
    is_short, count = True, 0
    for sheet in spec.sheets:
        records: Iterable[Record] = sheets.get(sheet.title, ())
        if is_short:
            coming, room = iter(records), limit // len(sheet.columns)
            first = []
            for record in islice(coming, room + 1):
                first.append(record)
                count += 1
                if count % STEP == 0:
                    progress(count)
            limit -= len(first) * len(sheet.columns)
            is_short = len(first) <= room
            records = first if is_short else chain(first, coming)
        held[sheet.title] = records
    return held, is_short


class XlsxSheets:
    """The sheets of one workbook under way."""

    def __init__(
        self,
        book: Spreadsheet,
        spec: WorkbookSpec,
        manifest: Manifest | None,
        progress: Progress,
    ) -> None:
        self.book = book
        self.spec = spec
        self.manifest = manifest
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
        widths = widths_of(sheet)
        above = list(lines_above(self.spec, sheet, self.manifest))
        head = len(above) + 1
        merged = merged_ranges(above, widths)
        with self.book.sheet(title, widths=widths, frozen_rows=head, merged=merged) as part:
            for at, line in enumerate(above, start=1):
                part.write(line_above(line, at))
            part.write(header_row([column.title for column in sheet.columns], head))
            for at, values in enumerate(islice(lines, ROWS_PER_SHEET - head), start=head + 1):
                part.write(row(at, values))
                part.last_row = at
                self.done += 1
                if self.done % STEP == 0:
                    self.progress(self.done)
                    if part.size > BYTES_PER_SHEET:
                        return

    def write_manifest(self, lines: Iterable[tuple[str, str | int]]) -> None:
        text, count = self.book.style(LITERAL), self.book.style("#,##0")
        with self.book.sheet(MANIFEST_SHEET, widths=MANIFEST_WIDTHS) as part:
            for at, (name, value) in enumerate(lines, start=1):
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
    writer.writerow([_plain(visible(column.title)) for column in sheet.columns])
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
