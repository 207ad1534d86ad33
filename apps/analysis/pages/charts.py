"""What is drawn beside the table, as numbers for SVG. Everything drawn is written as well: nothing is told by colour.

Invariant: a share is drawn only of parts that make up the whole; where they don't, a sentence says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.grid import Grid, Line
from apps.analysis.domain.view import Chart, Measure, View
from apps.analysis.pages.tiles import COLUMNS, NAMES, PLACES, ROWS
from apps.reporting.domain.rollup import Dimension, Measures

MOST_BARS, MOST_PARTS = 15, 8
NARROW = 30
"""A part this wide has no room for its number."""
WIDTH, SIDE, GAP = 1000, 62, 6
SHADES = 5
IN_UNITS = (Measure.QUANTITY, Measure.PREVIOUS)
OTHER_UNITS = "各行的计量单位不同，数量不能放在一起比。请换成增幅/降幅、金额或机构数，或只筛选单位相同的品规。"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `width` of a hundred; `falls` marks a negative value."""

    label: str
    words: str
    width: str
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: its place in a strip `WIDTH` wide, its number in the legend."""

    number: int
    label: str
    words: str
    percent: str
    x: str
    width: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One province's square; `shade` is 0 (nothing) to `SHADES`."""

    label: str
    words: str
    x: int
    y: int
    shade: int

    @property
    def middle(self) -> int:
        return self.x + SIDE // 2

    @property
    def first_line(self) -> int:
        return self.y + 27

    @property
    def second_line(self) -> int:
        return self.y + 46


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart of one measure; `refusal` says why nothing is drawn, `note` what is left out."""

    kind: Chart
    measure: Measure
    bars: Sequence[Bar] = ()
    parts: Sequence[Part] = ()
    tiles: Sequence[Tile] = ()
    refusal: str = ""
    note: str = ""
    side: int = SIDE
    canvas: str = f"0 0 {COLUMNS * (SIDE + GAP)} {ROWS * (SIDE + GAP)}"


def drawn_measure(grid: Grid, view: View, figures: Figures) -> Measure:
    """The measure asked for, else the first one shown that has any number that compares."""
    if view.charted in view.measures and view.charted:
        return view.charted
    rows = [line.total for line in grid.rows]
    additive = (
        measure
        for measure in view.measures
        if _compares(grid, measure)
        and any(_value(cell, measure, figures) is not None for cell in rows)
    )
    return next(additive, view.measures[0])


def _compares(grid: Grid, measure: Measure) -> bool:
    """Quantities stand beside each other only where all are of one unit: then there is a sum of them all."""
    whole = grid.total.total
    return measure not in IN_UNITS or (whole is not None and whole.quantity is not None)


def draw(grid: Grid, view: View, figures: Figures) -> Drawing | None:
    """The chart that the view asks for."""
    measure = drawn_measure(grid, view, figures)
    if view.chart in (Chart.BARS, Chart.TILES) and not _compares(grid, measure):
        return Drawing(view.chart, measure, refusal=OTHER_UNITS)
    match view.chart:
        case Chart.BARS:
            return _bars(grid.rows, measure, figures)
        case Chart.SHARE:
            return _share(grid, measure, figures)
        case Chart.TILES:
            return _tiles(grid, view, measure, figures)
        case Chart.NONE:
            return None


def _bars(rows: Sequence[Line], measure: Measure, figures: Figures) -> Drawing:
    ranked = _ranked(rows, measure, figures)
    if not ranked:
        return Drawing(
            Chart.BARS, measure, refusal="没有可以画的数：数量的计量单位不同，或还没有数据。"
        )
    drawn = ranked[:MOST_BARS]
    most = max(abs(Fraction(number)) for _, number in drawn) or Fraction(1)
    bars = [
        Bar(
            line.header.label,
            figures.words(line.total, measure),
            _short(abs(Fraction(number)) / most * 100),
            falls=number < 0,
        )
        for line, number in drawn
    ]
    rest = len(ranked) - len(drawn)
    note = f"只画前 {MOST_BARS} 项，其余 {rest} 项见表格。" if rest else ""
    return Drawing(Chart.BARS, measure, bars=bars, note=note)


def _share(grid: Grid, measure: Measure, figures: Figures) -> Drawing:
    ranked = _ranked(grid.rows, measure, figures)
    whole = _number(grid.total.total, measure, figures)
    if measure == Measure.CHANGE:
        return Drawing(Chart.SHARE, measure, refusal="增幅/降幅不能按占比画图，请换一个指标。")
    if not whole or sum(Fraction(number) for _, number in ranked) != whole:
        sentence = "各行相加不等于合计（计量单位不同，或同一家机构出现在多行里），不能按占比画图。"
        return Drawing(Chart.SHARE, measure, refusal=sentence)
    parts: list[Part] = []
    start = Fraction(0)
    named = [(line.header.label, Fraction(number)) for line, number in ranked if number > 0]
    shown = named if len(named) <= MOST_PARTS else named[: MOST_PARTS - 1]
    rest = sum((number for _, number in named[len(shown) :]), Fraction(0))
    pieces = [*shown, *([(f"其余 {len(named) - len(shown)} 项", rest)] if rest else [])]
    for number, (label, value) in enumerate(pieces, start=1):
        width = value / whole * WIDTH
        words = _plain(value, measure)
        percent = f"{_short(value / whole * 100)}%"
        parts.append(
            Part(
                number, label, words, percent, _short(start), _short(width), is_wide=width > NARROW
            )
        )
        start += width
    return Drawing(Chart.SHARE, measure, parts=parts)


def _tiles(grid: Grid, view: View, measure: Measure, figures: Figures) -> Drawing:
    """By rows, or by columns where those are the provinces."""
    if view.rows == Dimension.PROVINCE:
        found = [(line.header, line.total) for line in grid.rows]
    elif view.columns == Dimension.PROVINCE:
        found = list(zip(grid.columns[:-1], grid.total.cells[:-1], strict=True))
    else:
        sentence = "省份方格需要把“省份”放在行或列上。"
        return Drawing(Chart.TILES, measure, refusal=sentence)
    cells = {header.key: (header.label, cell) for header, cell in found}
    numbers = {key: _number(cell, measure, figures) for key, (_, cell) in cells.items()}
    most = max(
        (abs(number) for number in numbers.values() if number is not None), default=Fraction(0)
    )
    tiles = [
        Tile(
            NAMES[code],
            _compact(cells[code][1], measure, figures) if code in cells else "",
            column * (SIDE + GAP) + GAP // 2,
            row * (SIDE + GAP) + GAP // 2,
            _shade(numbers.get(code), most),
        )
        for code, (column, row) in PLACES.items()
    ]
    return Drawing(Chart.TILES, measure, tiles=tiles)


def _ranked(
    rows: Sequence[Line], measure: Measure, figures: Figures
) -> list[tuple[Line, int | Decimal]]:
    """The largest first. Of thousands of rows a few are drawn: only these become fractions."""
    numbers = [(line, _value(line.total, measure, figures)) for line in rows]
    there = [(line, number) for line, number in numbers if number is not None]
    return sorted(there, key=lambda pair: pair[1], reverse=True)


def _value(cell: Measures | None, measure: Measure, figures: Figures) -> int | Decimal | None:
    """新增 has no length: it is not drawn."""
    value = figures.value(cell, measure)
    return None if isinstance(value, str) else value


def _number(cell: Measures | None, measure: Measure, figures: Figures) -> Fraction | None:
    value = _value(cell, measure, figures)
    return None if value is None else Fraction(value)


def _shade(number: Fraction | None, most: Fraction) -> int:
    if number is None or not most or not number:
        return 0
    return min(SHADES, int(abs(number) / most * SHADES) + 1)


def _short(number: Fraction) -> str:
    return f"{float(number):.1f}"


def _plain(number: Fraction, measure: Measure) -> str:
    if measure == Measure.AMOUNT:
        return f"{Decimal(number.numerator) / number.denominator:,.2f}"
    return f"{int(number):,}"


TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000


def _compact(cell: Measures | None, measure: Measure, figures: Figures) -> str:
    """What fits in a square: 1.2亿, 3,456万; the table has the exact number."""
    number = _number(cell, measure, figures)
    if number is None or measure == Measure.CHANGE:
        return figures.words(cell, measure)
    for size, unit in ((HUNDRED_MILLION, "亿"), (TEN_THOUSAND, "万")):
        if number >= size:
            return f"{float(number / size):,.1f}{unit}"
    return f"{int(number):,}"
