"""From a value to its cell in SpreadsheetML, as `rendering.shown` says, without its cost for ordinary values.

Invariant: a short cut gives what the long way gives; text is never a formula, and never breaks the file.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import add
from typing import Any

from apps.exchange.files.columns import Column, Kind, SheetSpec
from apps.exchange.files.frames import height_of, lines_of
from apps.exchange.files.normalizing import is_like_formula
from apps.exchange.files.parsing import EXACT_IN_EXCEL
from apps.exchange.files.rendering import (
    FIRST_SERIAL_DAY,
    is_ordinary,
    is_text,
    number_format,
    shown,
)
from apps.exchange.files.spreadsheet import LITERAL, letters, storable, text_cell

Render = Callable[[Any], str]
StyleOf = Callable[[str], int]  # a number format, or LITERAL → its number in the workbook's styles

EPOCH = date(1899, 12, 30).toordinal()
DIGITS = 15
REMEMBERED, FORGOTTEN, COMMON = 2_500, 20_000, 60
"""How many texts of a column are remembered with the lines they take, since exports name the same places and products
again and again; after how many new ones they are forgotten; how many characters those have at most."""


def row_of(sheet: SheetSpec, style: StyleOf) -> Callable[[int, Sequence[Any]], str]:
    """A function (row from 1, values in the order of the columns) → the row's XML."""
    first, *others = [f'<c r="{letters(position)}' for position in range(len(sheet.columns))]
    follows = [*others, "</row>"]  # what stands behind each cell
    tall: list[int] = []  # the lines of those cells of the row that take more than one
    renders = [_renderer(column, style, tall) for column in sheet.columns]
    blanks = [f'" s="{style(number_format(column))}"/>' for column in sheet.columns]

    def row(number: int, values: Sequence[Any]) -> str:
        at = str(number)
        cells = [
            (value is not None and render(value)) or blank
            for render, blank, value in zip(renders, blanks, values, strict=True)
        ]
        fitted = ""
        if tall:
            fitted = f' ht="{height_of(max(tall))}" customHeight="1"'
            tall.clear()
        return f'<row r="{at}"{fitted}>{first}{at}' + at.join(map(add, cells, follows))

    return row


def number_cell(number: float | Decimal, style: int) -> str:
    return f'" s="{style}"><v>{number}</v></c>'


def _renderer(column: Column, style: StyleOf, tall: list[int]) -> Render:
    """What writes the cells of the column and adds to `tall`. The short cuts know exact types only."""
    own, slowly = style(number_format(column)), _slowly(column, style)
    match column.kind:
        case Kind.TEXT | Kind.CODE:
            return _texts(column, own, slowly, tall)
        case Kind.WHOLE | Kind.DECIMAL:
            return _numbers(own, slowly)
        case Kind.DATE:
            return _days(own, slowly)
        case Kind.MOMENT:
            return slowly
        case Kind.CHOICE:
            return _choices(column, slowly, tall)
        case Kind.YESNO:
            return _remembered({stored: slowly(stored) for stored in (True, False)}, slowly)


class Remembered(dict[Any, str]):
    """Cells of one column by value, so that looking one up is no call of ours.

    `make` says what isn't known yet: the cell and its lines; one of several lines adds them to `tall` each time.
    """

    def __init__(self, make: Callable[[Any], tuple[str, int]], tall: list[int]) -> None:
        self._make, self._tall = make, tall
        self._of_lines: dict[Any, tuple[str, int]] = {}
        self._missed = 0

    def __missing__(self, value: Any) -> str:
        made = self._of_lines.get(value) or self._remember(value, self._make(value))
        cell, lines = made
        if lines > 1:
            self._tall.append(lines)
        return cell

    def _remember(self, value: Any, made: tuple[str, int]) -> tuple[str, int]:
        """A column full of different texts is mostly left alone, and begun anew now and then."""
        self._missed += 1
        if self._missed > FORGOTTEN:
            self.clear()
            self._of_lines.clear()
            self._missed = 0
        elif self._missed < REMEMBERED and type(value) is str and len(value) <= COMMON:
            if made[1] == 1:
                self[value] = made[0]
            else:
                self._of_lines[value] = made
        return made


def _texts(column: Column, own: int, slowly: Render, tall: list[int]) -> Render:
    before, after = f'" s="{own}" t="inlineStr"><is><t>', "</t></is></c>"
    surely_fits, room = column.width // 2, 2 * (column.width - 1)  # as `lines_of` counts

    def make(value: Any) -> tuple[str, int]:
        if type(value) is not str or not is_ordinary(value):
            return slowly(value), lines_of(shown(column, value), column.width)
        size = len(value)
        if size <= surely_fits or size + len(value.encode("utf-8", "replace")) <= room:
            return before + value + after, 1
        return before + value + after, lines_of(value, column.width)

    return Remembered(make, tall).__getitem__


def _choices(column: Column, slowly: Render, tall: list[int]) -> Render:
    return Remembered(
        lambda value: (slowly(value), lines_of(shown(column, value), column.width)), tall
    ).__getitem__


def _numbers(own: int, slowly: Render) -> Render:
    before = f'" s="{own}"><v>'

    def render(value: Any) -> str:
        kind = type(value)
        if (kind is int and -EXACT_IN_EXCEL < value < EXACT_IN_EXCEL) or (
            kind is Decimal and value.is_finite() and value.adjusted() < DIGITS
        ):
            return f"{before}{value}</v></c>"
        return slowly(value)

    return render


def _days(own: int, slowly: Render) -> Render:
    def render(value: Any) -> str:
        if type(value) is date and value >= FIRST_SERIAL_DAY:
            return number_cell(value.toordinal() - EPOCH, own)
        return slowly(value)

    return render


def _remembered(known: dict[Any, str], slowly: Render) -> Render:
    def render(value: Any) -> str:
        found = known.get(value)
        return slowly(value) if found is None else found

    return render


def _serial(moment: datetime) -> float:
    """Days since Excel's epoch; seconds are kept apart by ten decimals."""
    into_day = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.toordinal() - EPOCH + round(into_day / 86_400, 10)


def _slowly(column: Column, style: StyleOf) -> Render:
    own, literal = style(number_format(column)), style(LITERAL)

    def render(value: Any) -> str:
        value = shown(column, value)
        if value is None:
            return ""
        if is_text(value):
            text = str(value)
            style_of_text = literal if is_like_formula(text) else own
            return text_cell(text, style_of_text) if storable(text) else ""
        if isinstance(value, datetime):
            return number_cell(_serial(value), own)
        if isinstance(value, date):
            return number_cell(value.toordinal() - EPOCH, own)
        return number_cell(+value, own)  # plus makes a number of a bool

    return render
