"""Text that Excel turned into a number, a date or a truth value: taken where nothing is lost, else refused as shown."""

import json
from datetime import datetime, time, timedelta
from decimal import Decimal
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
        (5, "¥#,##0.00", "¥5.00"),
        (20, '0"mg"', "20mg"),
        (20, '"Φ"0', "Φ20"),
        (7, "0盒", "7盒"),
        (7, 'G/通用格式"片"', "7片"),
        (0, '0;-0;"无"', "无"),
        (7, "[$¥-804]0", "¥7"),
        (7, "[DBNum1][$-804]General", "7"),
        (7, ";;;", ""),
        (7, '[<9]0"片";0"盒"', "7"),
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


@pytest.mark.parametrize(
    ("raw", "number_format", "quantity"),
    [
        (120, '0"盒"', 120 * CASES["pack"]),
        (1200, '#,##0"盒"', 1200 * CASES["pack"]),
        (1200, f'#,##0"{CASES["unit"]}"', 1200),
        (1200, "0\\盒", 1200 * CASES["pack"]),
        (0, '0"盒"', 0),
        (0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', 0),
        (1827, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', 1827),
        (1827, "[Red][<0]0;0", 1827),
        (0, "0;-0;;@", 0),
        (1827, "[DBNum1]0", None),
        (1_200_000, "#,##0,", None),
        (12_000, '0\\.0,"万"', None),
        (120, '0"万"', None),
        (120, ";;;", None),
        (120, '[<1000]0"片";0"盒"', None),
        (120, '"¥"0', None),
        (120, '"-"0', None),
    ],
)
def test_a_quantity_is_what_its_cell_shows(raw, number_format, quantity):
    """Words that a number format writes beside the digits are read as if they had been typed."""
    try:
        value = parse_cell(QUANTITY, raw, number_format=number_format)
        value = (
            value.smallest(pack=CASES["pack"], unit=CASES["unit"])
            if isinstance(value, Written)
            else value
        )
    except (CellRefused, QuantityUnreadable):
        value = None

    assert value == quantity


@pytest.mark.parametrize("number_format", ['0"片"', "#,##0,", ";;;"])
def test_a_whole_number_with_words_is_none(number_format):
    with pytest.raises(CellRefused):
        parse_cell(Column("pack", "转换比", Kind.WHOLE), 28_000, number_format=number_format)


@pytest.mark.parametrize(
    ("number_format", "taken"),
    [
        ('"¥"0.00', True),
        ('0.00"元"', True),
        ("[$¥-804]#,##0.00", True),
        ('0.0,"万"', False),
        ('0"万元"', False),
    ],
)
def test_a_price_may_show_its_currency_and_nothing_larger(number_format, taken):
    price = Column("price", "价格（元）", Kind.DECIMAL, decimals=4)
    if taken:
        assert parse_cell(price, 1.25, number_format=number_format) == Decimal("1.25")
    else:
        with pytest.raises(CellRefused, match="显示的与实际的不同"):
            parse_cell(price, 1.25, number_format=number_format)


@pytest.mark.parametrize(
    ("raw", "number_format", "share"),
    [
        (0.35, "0%", 35),
        (35, '0"%"', 35),
        (35, "0\\%", 35),
        (35, "General", 35),
        (0.35, "0.0%_);(0.0%)", 35),
    ],
)
def test_a_share_is_what_its_cell_shows(raw, number_format, share):
    column = Column("ratio", "比例", Kind.DECIMAL, percent=True)
    assert parse_cell(column, raw, number_format=number_format) == share


def test_yes_is_what_the_cell_shows():
    basic = Column("basic", "基本药物", Kind.YESNO)
    assert parse_cell(basic, 1, number_format='"是";;"否"') is True
    with pytest.raises(CellRefused):
        parse_cell(basic, 1, number_format='"不详";;"否"')


def test_a_number_formatted_as_a_share_is_no_quantity():
    with pytest.raises(CellRefused, match="“1200%”不是整数"):
        parse_cell(QUANTITY, 12, number_format="0%")
