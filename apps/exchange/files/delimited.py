"""Text with separators (.csv, a hospital system's .xls) as a workbook of text cells: all else is one way.

Invariant: what stands in a field stands in its cell, row for row; nothing is made a number or a date on the way.
"""

import csv
import io
import re
from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

from apps.exchange.files.spreadsheet import LITERAL, Spreadsheet, letters, text_cell
from apps.exchange.files.upload_checks import LIMITS, MB, OLE, SIGNATURES, FileRefused

TEXTUAL = {"csv", "txt", "tsv", "xls", "xlsx", "et", ""}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = "\t,;|"
AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how Excel's CSV keeps zeros in front
LONGEST = 32_767
WIDEST = 16_384
"""Columns of a sheet, as Excel has them: nobody reads further, and each cell costs."""
LOOKED_AT = 4_096
SHEET = "Sheet1"
UNKNOWN = "这个文本文件的文字编码无法识别，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"

UNPAIRED = "有一格的内容过长，多半是前面某一格的英文双引号没有成对，请补上或去掉后再上传"


def as_workbook(
    file: BinaryIO, filename: str, target: BinaryIO | None = None
) -> tuple[BinaryIO, str]:
    """The file, or if it is text with separators a workbook of it, in `target` if given. Raises `FileRefused`."""
    extension = filename.lower().rpartition(".")[2] if "." in filename else ""
    head = file.read(LOOKED_AT)
    file.seek(0)
    if extension not in TEXTUAL or not _is_text(head):
        return file, filename
    if file.seek(0, 2) > LIMITS.size:
        raise FileRefused(f"文件超过上限 {LIMITS.size // MB} MB，请分成几份上传")
    file.seek(0)
    rows = _rows(_decoded(file.read()))
    stem = filename.rpartition(".")[0] if extension else filename
    return _written(rows, target or io.BytesIO()), f"{stem}.xlsx"


def _is_text(head: bytes) -> bool:
    if any(head.startswith(bom) for bom, _ in BOMS[1:]):
        return True
    known = head.startswith((b"PK", OLE)) or any(head.lstrip().startswith(s) for s, _ in SIGNATURES)
    return bool(head.strip()) and not known and b"\0" not in head and b"%PDF" not in head


def _decoded(content: bytes) -> str:
    named = next((name for bom, name in BOMS if content.startswith(bom)), None)
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(UNKNOWN)


def _rows(text: str) -> list[list[str]]:
    """Raises `FileRefused`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    named = re.fullmatch(r"sep=(.)", first)
    separator = named[1] if named else max(SEPARATORS, key=first.count)
    if separator not in first:
        raise FileRefused("这个文本文件没有分成列，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传")
    if named:
        text = text.replace(first, "", 1)
    _refuse_wide(line.count(separator) for line in text.split("\n") if '"' not in line)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows = list(islice(lines, LIMITS.rows + 1))
    except csv.Error as error:  # a field longer than any cell
        raise FileRefused(UNPAIRED) from error
    if len(rows) > LIMITS.rows:
        raise FileRefused(f"文件超过 {LIMITS.rows:,} 行，请分成几份上传")
    _refuse_wide(len(row) - 1 for row in rows)
    return rows


def _refuse_wide(separators: Iterable[int]) -> None:
    """Raises `FileRefused` where a row has more cells than a sheet."""
    if max(separators, default=0) >= WIDEST:
        raise FileRefused(f"有一行超过 {WIDEST:,} 列，请确认分隔符和文件是否选对")


def _written(rows: list[list[str]], file: BinaryIO) -> BinaryIO:
    with Spreadsheet(file) as book:
        style = book.style(LITERAL)
        with book.sheet(SHEET, widths=[]) as part:
            for number, row in enumerate(rows, start=1):
                cells = [
                    f'<c r="{letters(at)}{number}{text_cell(_field(field), style)}'
                    for at, field in enumerate(row)
                    if field
                ]
                part.write(f'<row r="{number}">{"".join(cells)}</row>')
    file.seek(0)
    return file


def _field(field: str) -> str:
    match = AS_TEXT.fullmatch(field)
    return (match[1].replace('""', '"') if match else field)[:LONGEST]
