"""The pivot page as its template draws it: rows of one page, headings that sort, the way here, the chart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import EmptyPage, Page
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.analysis.domain.asking import AskedView
from apps.analysis.domain.grid import LABEL, TOTAL, Grid, Line, Sorting
from apps.analysis.domain.labels import Names
from apps.analysis.domain.view import Chart, Measure, View
from apps.analysis.pages.charts import draw, drawn_measure
from apps.analysis.pages.drilling import crumbs, into, titles
from apps.reporting.domain.rollup import Dimension, Header, Measures
from apps.ui.formats import NOTHING
from apps.ui.numbers import number_of
from apps.ui.paging import CappedPaginator, address, page_size

BETWEEN = "¦"
MOST_FIGURES, WIDE = 64, 24
"""Figures in a row of a page; from `WIDE` on a page has fewer rows, so that it stays small."""
FEW_ROWS, ROWS = 10, 20
SWAP, CELL, ACROSS = "swap", "cell", "across"

NOTES = {
    Measure.PREVIOUS: "上年：项目基准年采购量；有几个基准年时为平均数，四舍五入。",
    Measure.INSTITUTIONS: "机构数：每家机构只计一次，各行相加可能大于合计。",
    Measure.AMOUNT: "金额按目录参考价估算；没有参考价的品规不计。",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of one measure of one column; `sort` is what a click asks for next."""

    label: str
    sort: str
    state: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure; `cell` names it for the way down, empty where there is none."""

    words: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One drawn line; `href` leads one level lower."""

    label: str
    kind: str
    href: str
    cells: Sequence[Shown]
    code: str = ""

    @property
    def cells_html(self) -> SafeString:
        """The figures, short: a wide page is to stay within 100 KB (architecture, cost rules)."""
        return format_html_join("", "{}", ((_cell_html(cell),) for cell in self.cells))


def _cell_html(cell: Shown) -> SafeString:
    if not cell.cell:
        return format_html("<td>{}</td>", cell.words)
    return format_html(
        '<td><button form="cells" name="cell" value="{}">{}</button></td>', cell.cell, cell.words
    )


@dataclass(frozen=True, slots=True)
class Across:
    """Which of `count` columns are shown: one of so many pages of them, and the total."""

    number: int
    pages: int
    count: int
    places: tuple[int, ...]

    @property
    def words(self) -> str:
        return f"第 {self.places[0] + 1}–{self.places[-2] + 1} 列，共 {self.count} 列"


class PivotPage:
    """Everything below the query form. Reading it raises `TooWide`."""

    def __init__(self, request: HttpRequest, asked: AskedView) -> None:
        self.request, self.asked = request, asked
        self.view: View = asked.view
        self.grid: Grid = asked.grid
        self.sorting = Sorting.read(self.view.sort)
        self.across = self._across()
        self.page: Page = self._page()

    def _across(self) -> "Across":
        """Which of the columns this page shows: as many as fit, the total always."""
        told_apart = len(self.grid.columns) - 1
        size = max(MOST_FIGURES // len(self.view.measures) - 1, 1)
        pages = max(-(-told_apart // size), 1)
        wanted = number_of(self.request.GET.get(ACROSS, "")[:18]) or 1
        number = min(max(wanted, 1), pages)
        places = range(told_apart)[(number - 1) * size : number * size]
        return Across(number, pages, told_apart, (*places, told_apart))

    @property
    def as_of(self) -> datetime:
        return self.asked.answer.as_of

    @property
    def unread(self) -> int:
        """Bureaus at work whose figures are missing."""
        return self.asked.answer.unread

    @property
    def has_gaps(self) -> bool:
        return self.grid.has_gaps(self.view.measures)

    @property
    def notes(self) -> list[str]:
        """What a reader has to know of the measures shown."""
        return [note for measure, note in NOTES.items() if measure in self.view.measures]

    @property
    def is_empty(self) -> bool:
        """Nobody has reported, or nobody wants any of what is asked for."""
        total = self.asked.answer.total
        return not self.grid.rows or not (total.institutions or total.bought)

    @property
    def columns(self) -> list[Header]:
        """The upper row of headings; empty without a second dimension."""
        return self._shown_columns if self.view.columns else []

    @property
    def _shown_columns(self) -> list[Header]:
        return [self.grid.columns[place] for place in self.across.places]

    @property
    def span(self) -> int:
        return len(self.view.measures)

    @property
    def heads(self) -> list[Head]:
        return [
            self._head(column, measure)
            for column in self._shown_columns
            for measure in self.view.measures
        ]

    @property
    def label_head(self) -> Head:
        ordered = self.sorting.by_label
        down = ordered and not self.sorting.descending
        state = self._state(ordered)
        return Head(str(self.view.rows.label), f"-{LABEL}" if down else LABEL, state, True)  # noqa: FBT003

    def _head(self, column: Header, measure: Measure) -> Head:
        """Figures sort downwards first."""
        ordered = self.sorting.measure == measure and self.sorting.column == column.key
        flipped = Sorting(
            measure, column=column.key, descending=not (ordered and self.sorting.descending)
        )
        is_first = measure == self.view.measures[0]
        return Head(str(measure.label), str(flipped), self._state(ordered), is_first)

    def _state(self, ordered: bool) -> str:  # noqa: FBT001 whether this heading orders the rows
        if not ordered:
            return ""
        return "descending" if self.sorting.descending else "ascending"

    def _page(self) -> Page:
        is_wide = len(self.across.places) * len(self.view.measures) > WIDE
        size = page_size(self.request, FEW_ROWS if is_wide else ROWS)
        paginator = CappedPaginator(self.grid.rows, size)
        try:
            return paginator.page(max(number_of(self.request.GET.get("page", "")[:18]) or 1, 1))
        except EmptyPage:
            return paginator.page(paginator.num_pages)

    @property
    def lines(self) -> list[Row]:
        drawn = self.grid.lines(self.page.object_list)
        return [self._row(line) for line in drawn]

    @property
    def total(self) -> Row:
        return self._row(self.grid.total)

    def _row(self, line: Line) -> Row:
        href, label = "", line.header.label
        if line.kind == "row":
            step = into(self.view, line.header.key)
            href = f"{self._leaves if step.is_leaf else ''}?{step.view.query}"
        elif line.kind == "subtotal":
            label = f"{label} 小计"
        cells = [
            shown
            for place in self.across.places
            for shown in self._cells(line, self.grid.columns[place], line.cells[place])
        ]
        return Row(label, line.kind, href, cells, self._code(line))

    def _code(self, line: Line) -> str:
        """Items of one name and specification are told apart by their code."""
        is_item = line.kind == "row" and self.view.rows == Dimension.ITEM
        return line.header.key if is_item else ""

    def _cells(self, line: Line, column: Header, cell: Measures | None) -> list[Shown]:
        """The measures of one cell; the first one that says something is the way down."""
        words = [self.asked.figures.words(cell, measure) for measure in self.view.measures]
        way = f"{line.header.key}{BETWEEN}{column.key}" if line.kind == "row" else ""
        first = next((at for at, word in enumerate(words) if word not in ("", NOTHING)), -1)
        return [Shown(word, way if at == first else "") for at, word in enumerate(words)]

    _leaves = "institutions/"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The view as hidden fields, for headings and cells, which are buttons to keep the page small."""
        across = [(ACROSS, str(self.across.number))] if self.across.number > 1 else []
        return [*kept_fields(self.view), *across]

    @property
    def columns_before(self) -> str:
        """The address of the columns to the left; empty at the left end."""
        number = self.across.number
        return address(self.request, **{ACROSS: number - 1}) if number > 1 else ""

    @property
    def columns_after(self) -> str:
        number = self.across.number
        return address(self.request, **{ACROSS: number + 1}) if number < self.across.pages else ""

    @cached_property
    def drawing(self) -> Any:
        return None if self.is_empty else draw(self.grid, self.view, self.asked.figures)

    @cached_property
    def _drawn(self) -> Measure:
        return drawn_measure(self.grid, self.view, self.asked.figures)

    @property
    def charts(self) -> list[dict[str, Any]]:
        tiles = Dimension.PROVINCE in (self.view.rows, self.view.columns)
        return [
            {
                "label": chart.label,
                "href": f"?{replace(self.view, chart=chart).query}",
                "current": chart == self.view.chart,
            }
            for chart in Chart
            if tiles or chart != Chart.TILES
        ]

    @property
    def charted(self) -> list[dict[str, Any]]:
        return [
            {
                "label": measure.label,
                "href": f"?{replace(self.view, charted=measure).query}",
                "current": measure == self._drawn,
            }
            for measure in self.view.measures
        ]


def kept_fields(view: View) -> list[tuple[str, str]]:
    params = QueryDict(view.query)
    return [(name, value) for name, values in params.lists() for value in values if name != "sort"]


def way_here(asked: AskedView) -> tuple[list[dict[str, str]], Names]:
    """The levels above as links, the present one last without; and the names of all filters in force."""
    view = asked.view
    levels = crumbs(view)
    every: dict[Dimension, tuple[str, ...]] = {}
    for filters in (*(level.filters for level in levels), view.filters):
        for dimension, keys in filters.items():
            every[dimension] = tuple(dict.fromkeys((*every.get(dimension, ()), *keys)))
    names = asked.names(every)
    if not levels:
        return [], names
    words = titles(levels, view, names)
    links = [f"?{level.query}" for level in levels]
    steps = [{"label": word, "href": link} for word, link in zip(words, [*links, ""], strict=True)]
    return steps, names


def cell_of(text: str) -> tuple[str, str]:
    """The row's and the column's key of a clicked cell."""
    row, _, column = text.partition(BETWEEN)
    return row, column if column != TOTAL.key else ""
