from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exchange.files.columns import Column, Kind
from apps.exchange.files.parsing import CellRefused, parse_cell

CODE = Column("code", "编码", Kind.CODE)
SIX = Column("code", "编码", Kind.CODE, length=6)
TEXT = Column("name", "名称", max_length=10)
WHOLE = Column("count", "数量", Kind.WHOLE, minimum=0, maximum=1_000_000)
PRICE = Column("price", "价格", Kind.DECIMAL, decimals=4)
CUT = Column("cut", "降幅", Kind.DECIMAL, decimals=2, percent=True)
DAY = Column("day", "日期", Kind.DATE)
TIER = Column("tier", "级别", Kind.CHOICE, choices=(("c", "市 级"), ("p", "省级")))
YES = Column("yes", "是否", Kind.YESNO)
NEEDED = Column("name", "名称", required=True)

NOON = datetime(2026, 1, 31, 12)  # noqa: DTZ001  (workbooks know no zones)


@pytest.mark.parametrize(
    ("column", "raw", "number_format", "value"),
    [
        (CODE, "H４２０１０６", "@", "H420106"),
        (CODE, " 4201 06\n", "@", "420106"),
        (CODE, "42\u200b01\u00a006", "@", "420106"),
        (CODE, "001", "@", "001"),
        (CODE, "'001", "@", "001"),
        (CODE, 1234, "General", "1234"),
        (CODE, 1234.0, "General", "1234"),
        (CODE, 12, "000000", "000012"),
        (SIX, 1234, "General", "001234"),
        (CODE, "91420100MA4K_x000D_12", "@", "91420100MA4K12"),
        (TEXT, "  氨氯\n地平 ", "@", "氨氯地平"),
        (TEXT, "（甲）１", "@", "（甲）１"),
        (TEXT, 5.0, "General", "5"),
        (TEXT, "'=1+1", "@", "=1+1"),
        (WHOLE, "１，２３４", "General", 1234),
        (WHOLE, "1 234", "General", 1234),
        (WHOLE, "12,345", "General", 12345),
        (WHOLE, 12.0, "General", 12),
        (WHOLE, "12.00", "General", 12),
        (WHOLE, "", "General", None),
        (PRICE, 0.1 + 0.2, "General", Decimal("0.3")),
        (PRICE, " 1.25 ", "General", Decimal("1.25")),
        (PRICE, "−1.5", "General", Decimal("-1.5")),
        (CUT, 0.35, "0.00%", Decimal(35)),
        (CUT, "35%", "@", Decimal(35)),
        (CUT, 35, "General", Decimal(35)),
        (DAY, NOON, "yyyy", date(2026, 1, 31)),
        (DAY, 46053, "General", date(2026, 1, 31)),
        (DAY, "2026/1/31", "@", date(2026, 1, 31)),
        (DAY, "２０２６年１月３１日", "@", date(2026, 1, 31)),
        (DAY, "2026.01.31", "@", date(2026, 1, 31)),
        (DAY, 20260131, "General", date(2026, 1, 31)),
        (DAY, "2026-1-3 12:30:00", "@", date(2026, 1, 3)),
        (TIER, "市级", "@", "c"),
        (TIER, " p ", "@", "p"),
        (TIER, None, "@", ""),
        (YES, "是", "@", True),
        (YES, 0, "General", False),
        (YES, "√", "@", True),
        (YES, None, "@", None),
    ],
)
def test_cells_are_read_as_a_clerk_means_them(
    column: Column, raw: Any, number_format: str, value: Any
) -> None:
    assert parse_cell(column, raw, number_format=number_format) == value


@pytest.mark.parametrize(
    ("column", "raw", "sentence"),
    [
        (NEEDED, "  \n", "必填，不能为空"),
        (CODE, 4.2010600001e17, "超过 15 位的数字被 Excel 改动了后几位"),
        (CODE, "4.20E+17", "变成了科学记数"),
        (CODE, NOON, "内容被 Excel 改成了“2026-01-31”，请把该列设为文本后重新填写"),
        (SIX, "12345", "编码应为 6 位，现为“12345”（5 位）"),
        (TEXT, "一二三四五六七八九十一", "最多 10 个字，现有 11 个字"),
        (WHOLE, "120盒", "“120盒”不是整数，请只填写数字，不要带单位或文字"),
        (WHOLE, 1.5, "“1.5”不是整数，请填写整数"),
        (WHOLE, "1,23", "“1,23”不是整数"),
        (WHOLE, -1, "不能小于 0，现为 -1"),
        (WHOLE, 1_000_001, "不能大于 1000000，现为 1000001"),
        (WHOLE, True, "“True”不是整数"),
        (WHOLE, "1_000", "“1_000”不是整数"),
        (WHOLE, "9" * 40, "超出了可填写的范围"),
        (WHOLE, "nan", "“nan”不是整数"),
        (PRICE, "1.23456", "最多 4 位小数，现为“1.23456”"),
        (PRICE, "35%", "“35%”不是数字"),
        (DAY, "2026/13/1", "“2026/13/1”不是日期，请填成 2026-01-31 这样"),
        (DAY, "26-1-31", "不是日期"),
        (DAY, 3, "“3”不是日期"),
        (TIER, "县级", "“县级”不在可选内容中，只能填：市 级、省级"),
        (YES, "也许", "“也许”应填“是”或“否”"),
        (TEXT, "#REF!", "单元格里是 Excel 的错误值 #REF!"),
    ],
)
def test_what_cannot_be_read_is_refused_with_one_sentence(
    column: Column, raw: Any, sentence: str
) -> None:
    with pytest.raises(CellRefused) as refusal:
        parse_cell(column, raw)

    assert sentence in str(refusal.value)


@given(st.text(max_size=60) | st.floats() | st.integers() | st.booleans() | st.dates())
def test_any_cell_is_read_or_refused(raw: Any) -> None:
    for column in (CODE, SIX, TEXT, WHOLE, PRICE, CUT, DAY, TIER, YES, NEEDED):
        with suppress(CellRefused):
            value = parse_cell(column, raw)
            assert value == parse_cell(column, value), "what was read is read as itself"


@given(st.integers(min_value=0, max_value=1_000_000))
def test_whole_numbers_survive_thousands_separators_and_full_width(number: int) -> None:
    wide = f"{number:,}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"})

    assert parse_cell(WHOLE, f"{number:,}") == number
    assert parse_cell(WHOLE, wide) == number
