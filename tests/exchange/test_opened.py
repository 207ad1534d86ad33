"""Rows read from the XML are what openpyxl reads from it."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from apps.exchange.files.opened import OpenedBook
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.hostile import SHEET1, stuffed_sheet
from tests.exchange.samples import LINE, made, part_of, repacked, saved

CELLS = """
<row r="1"><c r="A1"><v>1</v></c><c r="C1" t="str"><f>"x"</f><v>文字</v></c><c r="D1" t="b"><v>1</v></c></row>
<row r="3"><c r="B3"><v>1.5E-3</v></c><c t="inlineStr"><is><r><t>富</t></r><r><t>文本</t></r>
<rPh sb="0" eb="1"><t>fu</t></rPh></is></c><c t="e"><v>#N/A</v></c><c t="d"><v>2026-01-31T00:00:00</v></c></row>
<row><c/><c><v></v></c><c><f>1+1</f></c><c><v>-12</v></c><c><v>9007199254740993</v></c></row>
<row r="9" hidden="1"><c r="A9" t="inlineStr"><is><t xml:space="preserve"> a &amp; b
c </t></is></c><c r="AA9"><v>5</v></c></row>
"""
WIDTH = 27


def ours(file: io.BytesIO) -> dict[int, list[Any]]:
    sheet = OpenedBook(file).worksheets[0]
    return {number: [value for value, _ in cells] for number, cells in sheet.rows(WIDTH)}


def openpyxls(file: io.BytesIO) -> dict[int, list[Any]]:
    sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_col=WIDTH, values_only=True), start=1)
    return {number: list(row) for number, row in rows if row}


def filled(rows: dict[int, list[Any]]) -> dict[int, list[Any]]:
    return {
        number: row + [None] * (WIDTH - len(row))
        for number, row in rows.items()
        if any(value is not None for value in row)
    }


def dated() -> io.BytesIO:
    book = Workbook()
    book.active.append([datetime(2026, 1, 31, 8, 30), timedelta(hours=30), 0.35, True, "甲"])  # noqa: DTZ001
    book.active["C1"].number_format = "0.0%"
    book.active["F1"] = 99_999_999
    book.active["F1"].number_format = "yyyy-mm-dd"
    return saved(book)


def shared() -> io.BytesIO:
    """Strings kept beside the sheet, as Excel and WPS keep them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, [" 甲 ", "乙\n丙", "甲", "甲"])
        sheet.write_rich_string(1, 1, "粗", bold, "体", "字")
    file.seek(0)
    return file


def dated_from_1904() -> io.BytesIO:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    book.active["A1"] = datetime(2026, 1, 31)  # noqa: DTZ001
    return saved(book)


@pytest.mark.filterwarnings("ignore:Cell")
@pytest.mark.parametrize(
    "build",
    [
        lambda: stuffed_sheet(CELLS.encode()),
        lambda: made(LINE, [], LINE),
        shared,
        dated,
        dated_from_1904,
    ],
    ids=["every kind of cell", "a plain table", "shared strings", "dates", "dates of 1904"],
)
def test_values_are_those_of_openpyxl(build: Any) -> None:
    rows = filled(ours(build()))

    assert rows
    assert rows == filled(openpyxls(build()))


def test_numbers_come_with_how_excel_shows_them() -> None:
    cells = next(OpenedBook(dated()).worksheets[0].rows(3))[1]

    assert cells[2] == (0.35, "0.0%")


def test_prefixed_tags_are_read() -> None:
    body = b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="2">'
    body += b'<x:c r="B2"><x:v>7</x:v></x:c></x:row>'

    assert ours(stuffed_sheet(body))[2][:2] == [None, 7]


@pytest.mark.parametrize(
    "body",
    [
        b'<row r="2"><c/></row><row r="2"><c/></row>',
        b'<row r="2"><c/></row><row r="1"><c/></row>',
        b'<row r="1"><c></row>',
        b'<row r="0"><c r="A0"/></row>',
    ],
    ids=["the same row twice", "falling rows", "unclosed", "row 0"],
)
def test_rows_that_no_program_writes_are_damage(body: bytes) -> None:
    with pytest.raises(FileRefused, match="文件已损坏"):
        ours(stuffed_sheet(body))


def test_a_doctype_is_refused_even_if_it_came_here() -> None:
    file = made(LINE)
    sheet = part_of(file).replace(b"<worksheet", b'<!DOCTYPE l [<!ENTITY a "b">]><worksheet', 1)

    with pytest.raises(FileRefused):
        ours(repacked(file, replace={SHEET1: sheet}))


def test_a_sheet_is_read_as_it_comes() -> None:
    rows: Iterator[Any] = OpenedBook(made(*[LINE] * 50)).worksheets[0].rows(3)

    assert next(rows)[0] == 1
    rows.close()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("阿托_x000B_伐他汀", "阿托\x0b伐他汀"),
        ("a_x005F_x0041_", "a_x0041_"),
        ("_x005f_", "_"),
        ("_x0041__x4e2D_", "A中"),
        ("_xD842__xDFB7_", "𠮷"),
        ("_xD842_", "\ufffd"),
        ("_x41_ _X0041_ _x004G_", "_x41_ _X0041_ _x004G_"),
    ],
)
def test_signs_that_excel_writes_by_their_number(written: str, meant: str) -> None:
    texts = f"<sst><si><t>{written}</t></si></sst>".encode()
    cell = f'<c t="s"><v>0</v></c><c t="inlineStr"><is><t>{written}</t></is></c><c t="str"><v>{written}</v></c>'
    file = repacked(
        stuffed_sheet(f"<row>{cell}</row>".encode()), add={"xl/sharedStrings.xml": texts}
    )

    assert ours(file)[1][:3] == [meant] * 3


def test_nothing_is_counted_from_the_end() -> None:
    """A text or a look by a number below the first is none, never the last one."""
    cells = b'<row><c t="s"><v>-1</v></c><c s="-1"><v>45000</v></c></row>'
    file = repacked(
        stuffed_sheet(cells), add={"xl/sharedStrings.xml": b"<sst><si><t>a</t></si></sst>"}
    )
    (cells_of,) = [cells for _, cells in OpenedBook(file).worksheets[0].rows(2)]

    assert cells_of == [("-1", "error"), ("45000", "error")]
