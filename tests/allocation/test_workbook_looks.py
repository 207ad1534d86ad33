"""The workbooks that leave allocation, as they open in Excel (S0-33, S1-17, S1-54)."""

import io
from unicodedata import east_asian_width

import pytest

from tests.allocation.reading import url
from tests.exported import opened_export

BOOKS = {
    "agreement_export": "协议量明细",
    "supply_export": "供应清单",
    "report_export": "分配明细",
}
NUMBERS = {
    "协议采购量": "#,##0",
    "合同量": "#,##0",
    "最小包装数量": "#,##0",
    "合同金额（元）": "#,##0.00",
    "包装中选价（元）": "#,##0.00##",
    "日均使用量": "#,##0.00##",
    "降幅（%）": "#,##0.00##",
}


@pytest.fixture(params=list(BOOKS))
def opened(request, reported, client_of):
    """Each workbook as the hospital downloads it: its sheets."""
    response = client_of(reported.clerk).get(url(request.param, "FL"))
    book = opened_export(io.BytesIO(response.getvalue()))
    yield request.param, book
    book.close()
    response.close()


def taken(text):
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@pytest.mark.covers("S0-33", "S1-17", "S1-54")
def test_it_opens_on_a_sheet_that_can_be_read(opened):
    name, book = opened
    sheet = book.worksheets[0]

    assert book.active.title == sheet.title == BOOKS[name]
    assert sheet.freeze_panes == "A4"
    assert all(cell.font.bold for cell in sheet[1])
    narrow = [
        cell.value
        for cell in sheet[1]
        if sheet.column_dimensions[cell.column_letter].width < taken(cell.value)
    ]
    assert narrow == []


def test_numbers_are_numbers_in_their_format_and_codes_stay_text(opened):
    _name, book = opened
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    first = {title: sheet.cell(2, column) for title, column in columns.items()}

    found = {title: first[title].number_format for title in NUMBERS if title in first}
    assert found == {title: NUMBERS[title] for title in found}
    assert found
    assert all(isinstance(first[title].value, int | float) for title in found)
    assert all(first[title].number_format == "@" for title in ("品规编号", "统一社会信用代码"))


def test_every_quantity_has_its_unit_beside_it(opened):
    _name, book = opened
    titles = [cell.value for cell in book.worksheets[0][1]]

    assert "单位" in titles
    assert book.worksheets[0].cell(2, titles.index("单位") + 1).value == "粒"


def test_a_last_sheet_says_what_was_exported(opened):
    _name, book = opened
    said = {row[0]: row[1] for row in book.worksheets[-1].iter_rows(values_only=True)}

    assert said["项目"] == "FL 测试中成药分量"
    assert said["总行数"] == book.worksheets[0].max_row - 1
    assert said["导出人"]
