"""Text that Excel turned into a number, a date or a truth value: taken where nothing is lost, else refused as shown."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from apps.exchange.files.columns import Column, Kind
from apps.exchange.files.parsing import CellRefused, parse_cell
from apps.exchange.files.quantities import QuantityUnreadable, Written

CODE = Column("code", "编码", Kind.CODE)
TEXT = Column("text", "规格")
NAME = Column("name", "名称", is_name=True)
QUANTITY = Column("planned", "预采购量", Kind.WHOLE, is_quantity=True, minimum=0)
DAY = datetime(2026, 3, 5)  # noqa: DTZ001  (workbooks know no zones)
ADVICE = "请把该列设为文本后重新填写"
CASES = json.loads((Path(__file__).parent / "quantities.json").read_text("utf-8"))


@pytest.mark.parametrize("column", [CODE, TEXT])
@pytest.mark.parametrize(
    ("raw", "number_format", "shown"),
    [
        (100_000, "0.00E+00", "1.00E+05"),
        (1.2e11, "##0.0E+0", "1.2E+11"),
        (0.35, "0%", "35%"),
        (0.355, "0.0%", "35.5%"),
        (1234, "#,##0", "1,234"),
        (20.5, "0.00", "20.50"),
        (5, "¥#,##0.00", "5.00"),
        (1.5, "# ?/?", "2"),
        (DAY, "m月d日", "3月5日"),
        (DAY, "d-mmm", "5-Mar"),
        (DAY, "yyyy/m/d", "2026/3/5"),
        (DAY, "[$-804]yyyy年m月d日;@", "2026年3月5日"),
        (DAY.replace(hour=7, minute=8), "yyyy-mm-dd hh:mm", "2026-03-05 07:08"),
        (time(2, 30), "h:mm", "02:30"),
        (timedelta(hours=26, minutes=5), "[h]:mm", "26:05:00"),
        (True, "General", "TRUE"),
        (False, "@", "FALSE"),
    ],
)
def test_what_was_typed_is_not_known(column, raw, number_format, shown):
    with pytest.raises(CellRefused) as refusal:
        parse_cell(column, raw, number_format=number_format)

    assert str(refusal.value) == f"内容被 Excel 改成了“{shown}”，{ADVICE}"


@pytest.mark.parametrize(
    ("raw", "number_format", "text"),
    [
        (13_812_345_678, "General", "13812345678"),
        (13_812_345_678, "G/通用格式", "13812345678"),
        (420_106, "0_ ", "420106"),
        (420_106, "0_);[Red]\\(0\\)", "420106"),
        (7, "000", "007"),
        (7.0, "@", "7"),
    ],
)
def test_digits_that_excel_left_as_they_were(raw, number_format, text):
    assert parse_cell(CODE, raw, number_format=number_format) == text
    assert parse_cell(TEXT, raw, number_format=number_format) == text


def test_a_strength_may_have_decimals_and_a_code_may_not():
    assert parse_cell(TEXT, 0.5) == "0.5"
    with pytest.raises(CellRefused, match=ADVICE):
        parse_cell(CODE, 1.1)


@pytest.mark.parametrize("raw", ["#FIELD!", "#N/A", "#UNKNOWN!", "#随便"])
def test_errors_are_never_text(raw):
    with pytest.raises(CellRefused, match="Excel 的错误值"):
        parse_cell(TEXT, raw, number_format="error")


@pytest.mark.parametrize(
    "raw",
    [
        "=1+1",
        "=HYPERLINK(1)",
        "@SUM(A1)",
        "+cmd|x",
        "-A1",
        "'=A1",
        "＝1+1",
        "＠SUM(A1)",
        "＋cmd|x",
        "　=A1",
    ],
)
def test_a_name_is_no_formula(raw):
    with pytest.raises(CellRefused, match="像是公式"):
        parse_cell(NAME, raw)


@pytest.mark.parametrize("raw", ["-5 ℃ 保存", "+86 公司", "A=B 公司"])
def test_a_name_may_hold_signs(raw):
    assert parse_cell(NAME, raw) == raw


def in_units(typed):
    value = parse_cell(QUANTITY, typed)
    if isinstance(value, Written):
        return value.smallest(pack=CASES["pack"], unit=CASES["unit"])
    return value


@pytest.mark.parametrize(("typed", "quantity"), [each for each in CASES["read"] if each[1] is not None])  # fmt: skip
def test_a_cell_reads_a_quantity_as_the_page_does(typed, quantity):
    assert in_units(typed) == quantity


@pytest.mark.parametrize("typed", CASES["refused"])
def test_a_cell_refuses_what_the_page_refuses(typed):
    with pytest.raises((CellRefused, QuantityUnreadable)):
        in_units(typed)


def test_a_number_formatted_as_a_share_is_no_quantity():
    with pytest.raises(CellRefused, match="“1200%”不是整数"):
        parse_cell(QUANTITY, 12, number_format="0%")
