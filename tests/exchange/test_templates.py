import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from apps.exchange.files.reader import read_workbook
from apps.exchange.files.templates import write_template
from apps.exchange.files.upload_checks import FileRefused
from tests.exchange.samples import BOOK, TITLES, saved

ROW = {"code": "0012", "name": "=1+1", "pack": 28, "price": Decimal("1.25"), "kind": "drug"}


def template() -> io.BytesIO:
    return io.BytesIO(write_template(BOOK, {"目录": [ROW]}, stamp={"项目": "FL-1"}))


def test_what_is_prefilled_is_read_back_with_the_stamp() -> None:
    reading = read_workbook(template(), BOOK)

    [row] = reading
    assert reading.problems == []
    assert {key: row[key] for key in ROW} == ROW
    assert reading.stamp == {"workbook": "tests.catalogue", "项目": "FL-1", "rows": ["0012"]}


def test_headers_are_locked_explained_and_frozen_and_cells_are_free() -> None:
    sheet = load_workbook(template())["目录"]

    assert [cell.value for cell in sheet[2]] == TITLES
    assert sheet["A1"].value == "必填，编码。平台统一编码"
    assert sheet["C1"].value == "选填，整数。"
    assert sheet.freeze_panes == "B3"
    assert sheet.protection.sheet is True
    assert (sheet["A2"].protection.locked, sheet["A3"].protection.locked) == (True, False)
    assert sheet.column_dimensions["A"].protection.locked is False
    assert sheet.column_dimensions["A"].number_format == "@"


def test_lists_and_limits_are_validated_by_excel_itself() -> None:
    book = load_workbook(template())
    rules = {str(rule.sqref): rule for rule in book["目录"].data_validations.dataValidation}

    assert rules["C3:C50000"].type == "whole"
    assert (rules["C3:C50000"].formula1, rules["C3:C50000"].formula2) == ("1", "10000")
    assert rules["F3:F50000"].formula1 == "'_选项'!$A$1:$A$2"
    assert [cell.value for cell in book["_选项"]["A"]] == ["药品", "耗材"]
    assert book["_选项"].sheet_state == "hidden"
    assert book["_fenliang"].sheet_state == "veryHidden"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    cell = load_workbook(template())["目录"]["B3"]

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=1+1", True)


def test_an_altered_stamp_is_refused() -> None:
    book = load_workbook(template())
    book["_fenliang"]["B3"] = book["_fenliang"]["B3"].value.replace("e", "f", 1)

    with pytest.raises(FileRefused, match="隐藏信息被改动过"):
        read_workbook(saved(book), BOOK)
