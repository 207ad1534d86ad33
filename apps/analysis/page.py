"""The pivot page as its template draws it: rows of one page, headings that sort, the way here, the chart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import EmptyPage, Page
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.reporting.rollup import Dimension, Header, Measures
from apps.ui.numbers import number_of
from apps.ui.paging import CappedPaginator, page_size

from .asking import Asked
from .charts import draw
from .drilling import crumbs, into, titles
from .grid import LABEL, TOTAL, Grid, Line, Sorting
from .labels import Names, names_of
from .view import Chart, Measure, View

BETWEEN = "¦"
WIDE, FEW_ROWS, ROWS = 40, 10, 20
SWAP, CELL = "swap", "cell"

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


class PivotPage:
    """Everything below the query form. Reading it raises `TooWide`."""

    def __init__(self, request: HttpRequest, asked: Asked) -> None:
        self.request, self.asked = request, asked
        self.view: View = asked.view
        self.grid: Grid = asked.grid
        self.sorting = Sorting.read(self.view.sort)
        self.page: Page = self._page()

    @property
    def as_of(self) -> datetime:
        return self.asked.answer.as_of

    @property
    def unread(self) -> int:
        """Bureaus at work whose figures are missing."""
        return self.asked.answer.unread

    @property
    def has_gaps(self) -> bool:
        return self.grid.has_gaps

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
        return list(self.grid.columns) if self.view.columns else []

    @property
    def span(self) -> int:
        return len(self.view.measures)

    @property
    def heads(self) -> list[Head]:
        return [
            self._head(column, measure)
            for column in self.grid.columns
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
        is_wide = len(self.grid.columns) * len(self.view.measures) > WIDE
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
            self._cell(line, column, cell, measure)
            for column, cell in zip(self.grid.columns, line.cells, strict=True)
            for measure in self.view.measures
        ]
        return Row(label, line.kind, href, cells, self._code(line))

    def _code(self, line: Line) -> str:
        """Items of one name and specification are told apart by their code."""
        is_item = line.kind == "row" and self.view.rows == Dimension.ITEM
        return line.header.key if is_item else ""

    def _cell(self, line: Line, column: Header, cell: Measures | None, measure: Measure) -> Shown:
        words = self.asked.figures.words(cell, measure)
        is_first = measure == self.view.measures[0]
        is_way = is_first and line.kind == "row" and cell is not None and words
        way = f"{line.header.key}{BETWEEN}{column.key}" if is_way else ""
        return Shown(words, way)

    _leaves = "institutions/"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The view as hidden fields, for headings and cells, which are buttons to keep the page small."""
        return kept_fields(self.view)

    @property
    def drawing(self) -> Any:
        return None if self.is_empty else draw(self.grid, self.view, self.asked.figures)

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
                "current": measure == self.view.drawn,
            }
            for measure in self.view.measures
        ]


def kept_fields(view: View) -> list[tuple[str, str]]:
    params = QueryDict(view.query)
    return [(name, value) for name, values in params.lists() for value in values if name != "sort"]


def way_here(project: Any, view: View) -> tuple[list[dict[str, str]], Names]:
    """The levels above as links, the present one last without; and the names of all filters in force."""
    levels = crumbs(view)
    every: dict[Dimension, tuple[str, ...]] = {}
    for filters in (*(level.filters for level in levels), view.filters):
        for dimension, keys in filters.items():
            every[dimension] = tuple(dict.fromkeys((*every.get(dimension, ()), *keys)))
    names = names_of(project, every)
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
