"""Exports as tests read them: the rows that say what was exported stand above the titles, and are no data."""

import io
from typing import IO

from openpyxl import Workbook, load_workbook

from apps.exchange.files.sheets import MANIFEST_SHEET

ABOVE = 2  # title, and what it is about


def opened_export(file: bytes | IO[bytes]) -> Workbook:
    """The workbook with its sheets' titles, or the notes above them, in the first row."""
    book = load_workbook(io.BytesIO(file) if isinstance(file, bytes) else file)
    for sheet in book.worksheets:
        if sheet.title != MANIFEST_SHEET:
            for merged in list(sheet.merged_cells):
                sheet.unmerge_cells(str(merged))
            sheet.delete_rows(1, ABOVE)
    return book
