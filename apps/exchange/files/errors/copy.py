"""Rows copied into a workbook that openpyxl has made but for them, in constant memory.

openpyxl holds every cell of a sheet, and its streaming mode takes twice the time of these rows. So it makes the
frame (styles, comments, panes, widths) and the rows are put where its own would stand.
"""

import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from typing import IO, Any

from openpyxl.utils.datetime import to_excel

from apps.exchange.files.errors.looks import Looks
from apps.exchange.files.spreadsheet import LEVEL, letters, text_cell

ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
SIZE = re.compile(rb"<dimension [^>]*/>")
LONGEST_TEXT = 32_767
Places = Mapping[tuple[int, int], Any]  # (row, column from 1)


def copied_rows(cells: Iterable[Iterable[Any]], looks: Looks, marked: Places) -> Iterator[bytes]:
    """The XML of each row with its values and looks, without formulas; the marked cells are red, empty ones too."""
    names: list[str] = []
    for number, row in enumerate(cells, start=1):
        found = []
        for position, cell in enumerate(row):
            if position == len(names):
                names.append(letters(position))
            is_marked = (number, position + 1) in marked
            if is_marked or cell.value is not None:
                style = looks.of(cell, marked=is_marked)
                found.append(f'<c r="{names[position]}{number}{_cell(cell.value, style)}')
        if found:
            yield f'<row r="{number}">{"".join(found)}</row>'.encode()


def _cell(value: Any, style: int) -> str:
    match value:
        case None:
            return f'" s="{style}"/>'
        case bool():
            return f'" s="{style}" t="b"><v>{value:d}</v></c>'
        case int() | float():
            return f'" s="{style}"><v>{value}</v></c>'
        case date() | time() | timedelta():
            return f'" s="{style}"><v>{to_excel(value)}</v></c>'
    return text_cell(str(value)[:LONGEST_TEXT], style)


def save_with_rows(book: Any, rows: Mapping[str, IO[bytes]], target: IO[bytes]) -> None:
    """Save the workbook; the sheets that `rows` names by title hold those instead of their own."""
    frame = io.BytesIO()
    book.save(frame)
    parts = {book[title].path.lstrip("/"): content for title, content in rows.items()}
    with (
        zipfile.ZipFile(frame) as made,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        for name in made.namelist():
            with archive.open(name, "w") as part:
                if name in parts:
                    _write_around(part, made.read(name), parts[name])
                else:
                    part.write(made.read(name))


def _write_around(part: IO[bytes], sheet: bytes, rows: IO[bytes]) -> None:
    head, tail = ROWS.split(SIZE.sub(b"", sheet))
    part.write(head + b"<sheetData>")
    rows.seek(0)
    shutil.copyfileobj(rows, part)
    part.write(b"</sheetData>" + tail)
