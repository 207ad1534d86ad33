"""From a cell to a value, as a clerk would expect, or to one sentence that says what to write instead.

Invariant: nothing is guessed silently: a value whose digits Excel has lost, or that could mean two things, is refused.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from apps.exchange.files.columns import Column, Kind
from apps.exchange.files.displayed import (
    ERROR,
    displayed,
    is_share,
    is_shown_otherwise,
    plain_number,
    shows_numbers,
    words_around,
)
from apps.exchange.files.normalizing import unquoted
from apps.exchange.files.quantities import ZEROS, QuantityUnreadable, Written, read_written
from apps.folding.domain.folding import folded, narrow, one_line
from apps.folding.domain.naming import name_problem

EXACT_IN_EXCEL = 10**15  # Excel keeps 15 significant digits
SERIAL_DAYS = range(18_264, 73_051)  # 1950-01-01 to 2099-12-31: numbers that can be meant as dates
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
DATE_TEXT = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))", re.ASCII)
TIME_TAIL = re.compile(r"(\s+|T)\d{1,2}[::]\d{2}([::]\d{2}(\.\d+)?)?\s*$")
LONGEST_DATE = (
    100  # characters; spaces before a time that isn't there would take the square of their number
)
YEARS = range(1900, 2201)
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
TRUE = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "✔"})
FALSE = frozenset({"否", "无", "n", "no", "false", "0", "×", "✗", "✘", "x"})
Number = TypeVar("Number", int, Decimal)
LARGE = frozenset("十百千万亿")  # what a format may add to a number that it doesn't change
OTHERWISE = "单元格的数字格式让显示的与实际的不同，请把该列的数字格式设为“常规”后重新填写"
SHOWN, LISTED = 30, 8


class CellRefused(ValueError):
    """The cell can't be read; the message is the sentence for the person who filled it in."""


def parse_cell(
    column: Column, raw: Any, *, number_format: str = "General", epoch: datetime = WINDOWS_EPOCH
) -> Any:
    """Return the value of a cell. Raises `CellRefused`.

    `raw` is what the workbook stores (text, number, date, bool or None), `number_format` how Excel shows it.
    """
    if isinstance(raw, str):
        raw = unquoted(raw.strip())
        is_error = number_format == ERROR or (raw[:1] == "#" and raw.rstrip("!?") in EXCEL_ERRORS)
        if is_error:
            raise CellRefused(f"单元格里是 Excel 的错误值 {_short(raw)}，请改成实际内容")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise CellRefused("单元格里不是有效的数字")
    if raw is None or (isinstance(raw, str) and not (raw.isalnum() or one_line(raw))):
        if column.required:
            raise CellRefused("必填，不能为空")
        return column.empty
    return READERS[column.kind](column, raw, number_format, epoch)


EXCEL_ERRORS = frozenset(
    {
        "#N/A", "#REF", "#DIV/0", "#VALUE", "#NAME", "#NUM", "#NULL", "#SPILL", "#CALC", "#FIELD",
        "#GETTING_DATA", "#BLOCKED", "#CONNECT", "#BUSY", "#UNKNOWN", "#PYTHON", "#EXTERNAL",
    }
)  # fmt: skip


def _text(column: Column, raw: Any, number_format: str, _epoch: datetime) -> str:
    text = one_line(raw) if isinstance(raw, str) else _typed(raw, number_format)
    if column.is_name and (problem := name_problem(text)):
        raise CellRefused(problem)
    if len(text) > column.max_length:
        raise CellRefused(f"最多 {column.max_length} 个字，现有 {len(text)} 个字")
    return text


def _code(column: Column, raw: Any, number_format: str, _epoch: datetime) -> str:
    numeric = not isinstance(raw, str)
    code = _typed(raw, number_format) if numeric else narrow(raw)
    if numeric and "." in code:
        raise _changed_by_excel(raw, number_format)
    if SCIENTIFIC.fullmatch(code):
        raise CellRefused(
            f"编码“{code}”被 Excel 变成了科学记数，后几位已丢失，请把这一列设为“文本”后重新填写"
        )
    if column.length:
        code = code.zfill(column.length) if numeric else code
        if len(code) != column.length:
            raise CellRefused(
                f"编码应为 {column.length} 位，现为“{_short(code)}”（{len(code)} 位）"
            )
    if len(code) > column.max_length:
        raise CellRefused(f"编码最多 {column.max_length} 位，现有 {len(code)} 位")
    return code


def _typed(raw: Any, number_format: str) -> str:
    """What was typed where text is meant, if Excel made a number of it and nothing is lost. Raises `CellRefused`."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _changed_by_excel(raw, number_format)
    if abs(raw) >= EXACT_IN_EXCEL:
        raise CellRefused("超过 15 位的数字被 Excel 改动了后几位，请把这一列设为“文本”后重新填写")
    digits = plain_number(raw, number_format)
    if digits is None or "e" in digits:
        raise _changed_by_excel(raw, number_format)
    return digits


def _changed_by_excel(raw: Any, number_format: str) -> CellRefused:
    shown = _short(displayed(raw, number_format))
    return CellRefused(f"内容被 Excel 改成了“{shown}”，请把该列设为文本后重新填写")


def _whole(column: Column, raw: Any, number_format: str, _epoch: datetime) -> int | Written:
    if isinstance(raw, str):
        return _written(column, raw)
    number = _number(raw, "整数")
    is_ordinary = shows_numbers(number_format)
    if not is_ordinary and is_share(raw, number_format):
        raise CellRefused(f"“{displayed(raw, number_format)}”不是整数，请填写整数")
    if number != number.to_integral_value():
        raise CellRefused(f"“{_short(raw)}”不是整数，请填写整数")
    if not is_ordinary and is_shown_otherwise(raw, number_format):
        raise CellRefused(OTHERWISE)
    if number and not is_ordinary and words_around(raw, number_format):
        return _written(column, displayed(raw, number_format))
    return int(within(column, number))


def _written(column: Column, raw: str) -> int | Written:
    """A whole number as text; of a quantity that was written with words, what they say."""
    try:
        written = read_written(raw)
    except QuantityUnreadable as error:
        if column.is_quantity or "范围" in str(error):
            raise CellRefused(str(error)) from error
        written = None
    if written is None or (not column.is_quantity and (written.word or raw.strip() in ZEROS)):
        sentence = f"“{_short(raw)}”不是整数，请只填写数字，不要带单位或文字"
        raise CellRefused(sentence)
    if written.word:
        return written
    return within(column, written.number)


def _decimal(column: Column, raw: Any, number_format: str, _epoch: datetime) -> Decimal:
    if column.percent:
        raw, factor = _percent(raw, number_format)
        number = _number(raw, "数字") * factor
    else:
        number = _number(raw, "数字")
    if not isinstance(raw, str) and not shows_numbers(number_format):
        is_larger = LARGE.intersection(words_around(raw, number_format))
        if is_larger or is_shown_otherwise(raw, number_format):
            raise CellRefused(OTHERWISE)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > column.decimals:
        raise CellRefused(f"最多 {column.decimals} 位小数，现为“{_short(f'{number:f}')}”")
    return within(column, number)


def _percent(raw: Any, number_format: str) -> tuple[Any, int]:
    if isinstance(raw, str):
        return narrow(raw).removesuffix("%"), 1
    is_number = isinstance(raw, int | float)
    return raw, 100 if is_number and is_share(raw, number_format) else 1


def _number(raw: Any, wanted: str) -> Decimal:
    match raw:
        case bool():
            raise CellRefused(f"“{raw}”不是{wanted}，请只填写数字")
        case int() | Decimal():
            number = Decimal(raw)
        case float():
            number = Decimal(format(raw, ".15g"))  # what Excel shows; the rest is binary noise
        case str():
            number = _written_number(raw, wanted)
        case _:
            raise CellRefused(f"“{_short(_plain(raw))}”不是{wanted}，请只填写数字")
    if abs(number) >= EXACT_IN_EXCEL:
        raise CellRefused(f"“{_short(raw)}”超出了可填写的范围")
    return number


def _written_number(raw: str, wanted: str) -> Decimal:
    """A number stored as text, thousands separators allowed where they belong."""
    text = narrow(raw)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not NUMBER.fullmatch(text):
        raise CellRefused(f"“{_short(raw)}”不是{wanted}，请只填写数字，不要带单位或文字")
    return Decimal(text)


def within(column: Column, number: Number) -> Number:
    """The number, if the column may hold it. Raises `CellRefused`."""
    if column.minimum is not None and number < column.minimum:
        raise CellRefused(f"不能小于 {column.minimum}，现为 {number:f}")
    if column.maximum is not None and number > column.maximum:
        raise CellRefused(f"不能大于 {column.maximum}，现为 {number:f}")
    return number


def _date(_column: Column, raw: Any, _format: str, epoch: datetime) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if int(raw) in SERIAL_DAYS:
            return from_excel(int(raw), epoch).date()
        raw = format(raw, ".15g")
    written = _plain(raw)
    is_short = len(written) <= LONGEST_DATE
    match = DATE_TEXT.fullmatch(narrow(TIME_TAIL.sub("", written))) if is_short else None
    try:
        year, *parts = [int(part) for part in match.groups() if part] if match else [0, 0, 0]
        if year in YEARS:
            return date(year, parts[0], parts[1])
    except ValueError:
        pass
    raise CellRefused(f"“{_short(_plain(raw))}”不是日期，请填成 2026-01-31 这样")


def _choice(column: Column, raw: Any, number_format: str, _epoch: datetime) -> Any:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    plain = _typed(raw, number_format) if is_number else _plain(raw)
    meant = folded(plain)
    for value, label in column.pairs:
        if meant in {folded(label), folded(str(value))}:
            return value
    labels = "、".join(label for _, label in column.pairs[:LISTED])
    more = f" 等 {len(column.pairs)} 种" if len(column.pairs) > LISTED else ""
    raise CellRefused(f"“{_short(plain)}”不在可选内容中，只能填：{labels}{more}")


def _yesno(_column: Column, raw: Any, number_format: str, _epoch: datetime) -> bool:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if is_number and words_around(raw, number_format):
        raw = displayed(raw, number_format)
    meant = folded(_plain(raw)).removesuffix(".0")
    if meant in TRUE or meant in FALSE:
        return meant in TRUE
    raise CellRefused(f"“{_short(_plain(raw))}”应填“是”或“否”")


def _plain(raw: Any) -> str:
    if isinstance(raw, datetime):
        return f"{raw:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
    return str(raw)


def _short(raw: Any) -> str:
    text = one_line(str(raw))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


READERS: dict[Kind, Callable[[Column, Any, str, datetime], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.YESNO: _yesno,
}
