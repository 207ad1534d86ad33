"""What the world uploads, one case each: refused or told in one clear sentence, or read as the clerk meant it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from apps.exchange.files.reader import read_workbook
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.hostile import (
    OLE,
    SHEET1,
    SMALL,
    bomb,
    declared,
    lying_bomb,
    many_entries,
    stuffed_sheet,
    with_entities,
)
from tests.exchange.samples import BOOK, LINE, TITLES, made, part_of, repacked, saved, workbook

Build = Callable[[], io.BytesIO]


@dataclass(frozen=True)
class Case:
    """`says`: the sentence's words; `reads`: values of the first row; `rows`: how many were read."""

    name: str
    build: Build
    filename: str = "目录.xlsx"
    says: str = ""
    reads: dict[str, Any] = field(default_factory=dict)
    rows: int = 1


def with_cell(column: str, value: Any, number_format: str = "General") -> Build:
    """An ordinary workbook with one odd cell."""

    def build() -> io.BytesIO:
        book = workbook([LINE])
        book.active[f"{column}2"] = value
        book.active[f"{column}2"].number_format = number_format
        return saved(book)

    return build


def merged(*, cells: str) -> Build:
    def build() -> io.BytesIO:
        book = workbook([LINE, ["A02", "乙", 1, 1, None, "药品", "否"]])
        book.active.merge_cells(cells)
        return saved(book)

    return build


def hidden_row() -> io.BytesIO:
    book = workbook([LINE, ["A02", *LINE[1:]]])
    book.active.row_dimensions[2].hidden = True
    return saved(book)


def hidden_sheet() -> io.BytesIO:
    book = workbook([LINE])
    book.create_sheet("旧数据").append(["x"])
    book["旧数据"].sheet_state = "hidden"
    return saved(book)


def title_far_right() -> io.BytesIO:
    book = workbook([LINE], titles=TITLES[:-1])
    book.active.cell(1, 16_384, TITLES[-1])
    return saved(book)


def endless_cell() -> io.BytesIO:
    text = b"x" * 90_000
    return stuffed_sheet(b'<row r="1"><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>")


def never_calculated() -> io.BytesIO:
    return with_cell("C", "=14*2")()


def calculated() -> io.BytesIO:
    file = with_cell("C", "=14*2")()
    sheet = part_of(file)
    assert sheet.count(b"<v></v>") + sheet.count(b"<v />") == 1
    told = sheet.replace(b"<v></v>", b"<v>28</v>").replace(b"<v />", b"<v>28</v>")
    return repacked(file, replace={SHEET1: told})


def empty_rows_below() -> io.BytesIO:
    return saved(workbook([LINE, *[[None] * 7 for _ in range(300)], [" ", "　", None]]))


REFUSED = [
    Case("an empty file", lambda: io.BytesIO(b""), says="文件是空的"),
    Case("declared size", lambda: declared(bomb(), 2**31), says="文件展开后过大"),
    Case("real size", bomb, says="文件展开后过大"),
    Case("real size against declared", lying_bomb, says="文件已损坏"),
    Case("entry count", many_entries, says="个部件，超过上限 40 个"),
    Case("rows", lambda: stuffed_sheet(b"<row/>" * 600), says="工作表超过 500 行"),
    Case(
        "columns",
        lambda: stuffed_sheet(b"<row>" + b"<c/>" * 6_000 + b"</row>"),
        says="有一行的内容过大",
    ),
    Case("cell length", endless_cell, says="有一行的内容过大"),
    Case("XML entities", with_entities, says="不允许的 XML 定义"),
    Case("wrong extension", lambda: made(LINE), filename="目录.et", says="只能上传扩展名为 .xlsx"),
    Case("xls", lambda: io.BytesIO(OLE + b"\0" * 600), filename="目录.xls", says="旧版 .xls 文件"),
    Case("a PDF called xlsx", lambda: io.BytesIO(b"%PDF-1.7\n%"), says="这是一个 PDF 文件"),
]
TOLD = [
    Case("no sheet filled in", lambda: saved(Workbook()), says="工作表是空的", rows=0),
    Case("a title beyond the columns read", title_far_right, says="缺少列“基本药物”", rows=0),
    Case("too long a text", with_cell("B", "长" * 3_000), says="最多 50 个字，现有 3000 个字"),
    Case("a merged number", merged(cells="C2:C3"), says="数字不能放在合并单元格里", rows=2),
    Case(
        "a code that became a date",
        with_cell("A", date(2026, 1, 2), "yyyy-mm-dd"),
        says="请把该列设为文本后重新填写",
    ),
    Case("a code in scientific notation", with_cell("A", "1.2E+14"), says="变成了科学记数"),
    Case("a code too long for a number", with_cell("A", 123456789012345678), says="超过 15 位"),
    Case("separators in wrong places", with_cell("C", "1,00"), says="“1,00”不是整数"),
    Case("a number with its unit", with_cell("C", "28片"), says="“28片”不是整数"),
    Case("an error value of Excel", with_cell("C", "#N/A"), says="Excel 的错误值 #N/A"),
    Case("a formula never calculated", never_calculated, says="公式没有计算结果"),
]
MEANT = [
    Case("merged cells", merged(cells="B2:B3"), reads={"name": "氨氯地平片"}, rows=2),
    Case("hidden rows", hidden_row, reads={"code": "A01"}, rows=2),
    Case("a hidden sheet beside", hidden_sheet, reads={"code": "A01"}),
    Case("a date as a number", with_cell("E", 46387), reads={"ends_on": date(2026, 12, 31)}),
    Case("a date in words", with_cell("E", "2026年12月31日"), reads={"ends_on": date(2026, 12, 31)}),
    Case("a date in digits", with_cell("E", 20261231), reads={"ends_on": date(2026, 12, 31)}),
    Case("full-width digits", with_cell("C", "２８"), reads={"pack": 28}),
    Case("thousands separators", with_cell("C", "1,280"), reads={"pack": 1280}),
    Case("full-width separators", with_cell("D", "１，２８０．５"), reads={"price": Decimal("1280.5")}),
    Case("spaces in a code", with_cell("A", " A 01　"), reads={"code": "A01"}),
    Case("line breaks in a code", with_cell("A", "A\r\n01\n"), reads={"code": "A01"}),
    Case("full-width letters in a code", with_cell("A", "Ａ０１"), reads={"code": "A01"}),
    Case("zeros that only a format shows", with_cell("A", 12, "00000"), reads={"code": "00012"}),
    Case("an apostrophe before a code", with_cell("A", "'0012"), reads={"code": "0012"}),
    Case("a number saved as text", with_cell("C", "28"), reads={"pack": 28}),
    Case("a calculated formula", calculated, reads={"pack": 28}),
    Case("empty rows below", empty_rows_below, reads={"code": "A01"}),
    Case("invisible characters", with_cell("A", "\ufeffA\u200b01"), reads={"code": "A01"}),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_hostile_file_is_refused_in_one_sentence(case: Case) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_workbook(case.build(), BOOK, filename=case.filename, limits=SMALL)

    assert case.says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.name)
def test_what_cannot_be_meant_is_told_in_its_cell(case: Case) -> None:
    reading = read_workbook(case.build(), BOOK, filename=case.filename)

    assert case.says in reading.problems[0].message
    assert {problem.message for problem in reading.problems} == {reading.problems[0].message}
    assert reading.count() == case.rows
    assert list(reading.whole_rows) == []


@pytest.mark.parametrize("case", MEANT, ids=lambda case: case.name)
def test_what_a_clerk_means_is_read(case: Case) -> None:
    reading = read_workbook(case.build(), BOOK, filename=case.filename)

    first = next(iter(reading))
    assert reading.problems == []
    assert {key: first[key] for key in case.reads} == case.reads
    assert reading.count() == case.rows
