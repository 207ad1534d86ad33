"""Excel as a clerk uses it: a downloaded template is filled below its headings, an export is read by them."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

Records = Iterable[Mapping[str, Any]]


def filled(template: bytes, **sheets: Records) -> bytes:
    """The template with records by column title, sheet by sheet."""
    book = load_workbook(io.BytesIO(template))
    for title, given in sheets.items():
        sheet, records = book[title], list(given)
        head, columns = _head(sheet, {name for record in records for name in record})
        for offset, record in enumerate(records, start=1):
            for name, value in record.items():
                sheet.cell(head + offset, columns[name], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def completed(template: bytes, sheet: str, given: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A template that came with its records: those of an item get what is given for its code."""
    book = load_workbook(io.BytesIO(template))
    page = book[sheet]
    head, columns = _head(page, {name for values in given.values() for name in values})
    for row in page.iter_rows(min_row=head + 1):
        code = row[columns["品规编号"] - 1].value
        for name, value in given.get(str(code), {}).items():
            row[columns[name] - 1].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(export: bytes, sheet: str) -> list[dict[str, Any]]:
    """The records of an exported sheet."""
    page = load_workbook(io.BytesIO(export))[sheet]
    head, columns = _head(page, {"品规编号"})
    rows = page.iter_rows(min_row=head + 1, values_only=True)
    return [{name: row[place - 1] for name, place in columns.items()} for row in rows if any(row)]


def _head(sheet: Worksheet, wanted: set[str]) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the column of each."""
    for row in sheet.iter_rows(max_row=10):
        names = {str(cell.value).strip(" *"): cell.column for cell in row if cell.value}
        if wanted <= set(names):
            return row[0].row, names
    raise AssertionError(f"{sheet.title} has no row with {wanted}")
