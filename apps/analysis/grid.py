"""An answer as a table: sorted rows in their groups, subtotals, totals. Page and workbook are made of the same lines.

Invariant: nothing is added up here; every subtotal and total is an answer of the reading engine, so that institutions
count once and different units never meet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from apps.reporting.rollup import Answer, Dimension, Header, Measures

from .figures import Figures
from .view import Measure, View

TOTAL = Header("", "合计")
LABEL = "label"
QUANTITIES = (Measure.QUANTITY, Measure.PREVIOUS, Measure.CHANGE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `kind`: row, subtotal or total; `cells` are in the order of the grid's columns."""

    header: Header
    kind: str
    cells: tuple[Measures | None, ...]

    @property
    def total(self) -> Measures | None:
        """The last column: the whole row."""
        return self.cells[-1]


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole table; `groups` has one nameless group where there are no subtotals."""

    columns: tuple[Header, ...]
    groups: tuple[tuple[Line | None, tuple[Line, ...]], ...]
    total: Line

    @property
    def rows(self) -> list[Line]:
        return [line for _, lines in self.groups for line in lines]

    def lines(self, shown: Iterable[Line] | None = None) -> list[Line]:
        """The lines to draw: of each group that has a row among those shown, its subtotal first."""
        wanted = None if shown is None else {line.header.key for line in shown}
        drawn: list[Line] = []
        for subtotal, lines in self.groups:
            kept = [line for line in lines if wanted is None or line.header.key in wanted]
            if kept and subtotal:
                drawn.append(subtotal)
            drawn += kept
        return drawn

    def has_gaps(self, measures: Iterable[Measure]) -> bool:
        """Whether some quantity that is shown is left out because units differ."""
        if not set(QUANTITIES) & set(measures):
            return False
        drawn = [*self.lines(), self.total]
        return any(cell and cell.quantity is None for line in drawn for cell in line.cells)


@dataclass(frozen=True, slots=True)
class Sorting:
    """`-quantity@<column>` sorts by a measure of a column downwards; without `@` by the row's total."""

    measure: Measure | None = None
    by_label: bool = False
    column: str = TOTAL.key
    descending: bool = False

    @classmethod
    def read(cls, text: str) -> "Sorting":
        """What makes no sense sorts as the engine does."""
        word, _, column = text.removeprefix("-").partition("@")
        descending = text.startswith("-")
        if word == LABEL:
            return cls(by_label=True, descending=descending)
        if word not in Measure.values:
            return cls()
        return cls(Measure(word), column=column, descending=descending)

    def __str__(self) -> str:
        word = LABEL if self.by_label else (self.measure or "")
        column = f"@{self.column}" if self.column and self.measure else ""
        return f"{'-' if self.descending else ''}{word}{column}"


@dataclass(frozen=True, slots=True)
class Grouping:
    """Answers by the next upper dimension, and which group each row is in."""

    answer: Answer
    group_of: Mapping[str, str] = field(default_factory=dict)


def build(answer: Answer, view: View, figures: Figures, grouping: Grouping | None = None) -> Grid:
    """The table of an answer as the view wants it."""
    told_apart = answer.columns if view.columns else ()
    columns = (*(_headed(each, view) for each in told_apart), TOTAL)
    sorting = Sorting.read(view.sort)
    place = next((i for i, each in enumerate(columns) if each.key == sorting.column), -1)
    order = _sorted(sorting, place, figures)
    lines = order([_line(answer, row, "row", told_apart) for row in answer.rows])
    total = Line(TOTAL, "total", (*(_column(answer, c) for c in columns[:-1]), answer.total))
    if grouping is None:
        return Grid(columns, ((None, tuple(lines)),), total)
    members: dict[str, list[Line]] = {}
    for line in lines:
        members.setdefault(grouping.group_of.get(line.header.key, ""), []).append(line)
    uppers = grouping.answer
    tops = order([_line(uppers, row, "subtotal", told_apart) for row in uppers.rows])
    known = {top.header.key for top in tops}
    groups: list[tuple[Line | None, tuple[Line, ...]]] = [
        (top, tuple(members[top.header.key])) for top in tops if top.header.key in members
    ]
    rest = [line for key, lines in members.items() if key not in known for line in lines]
    return Grid(columns, (*groups, *([(None, tuple(rest))] if rest else [])), total)


def _headed(column: Header, view: View) -> Header:
    """Items of one name and specification are told apart by their code."""
    if view.columns != Dimension.ITEM:
        return column
    return Header(column.key, f"{column.label} {column.key}")


def _line(answer: Answer, row: Header, kind: str, columns: Sequence[Header]) -> Line:
    cells = (answer.cells.get((row.key, column.key)) for column in columns)
    return Line(row, kind, (*cells, answer.row_totals.get(row.key)))


def _column(answer: Answer, column: Header) -> Measures | None:
    return answer.column_totals.get(column.key)


def _sorted(
    sorting: Sorting, place: int, figures: Figures
) -> Callable[[Sequence[Line]], list[Line]]:
    """Sorts lines; rows without the value stand last, equal ones stay in the engine's order."""

    def order(lines: Sequence[Line]) -> list[Line]:
        if sorting.by_label:
            return sorted(lines, key=lambda line: line.header.label, reverse=sorting.descending)
        if sorting.measure is None:
            return list(lines)
        ranked = [(figures.rank(line.cells[place], sorting.measure), line) for line in lines]
        there = [(rank, line) for rank, line in ranked if rank is not None]
        sign = Fraction(-1 if sorting.descending else 1)
        there.sort(key=lambda pair: pair[0] * sign)
        return [line for _, line in there] + [line for rank, line in ranked if rank is None]

    return order
