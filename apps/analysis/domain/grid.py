"""An answer as a table: sorted rows in their groups, subtotals, totals. Page and workbook are made of the same lines.

Invariant: nothing is added up here; every subtotal and total is part of the reading engine's answer, so that
institutions count once and different units never meet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.view import Measure, View
from apps.reporting.domain.rollup import Answer, Dimension, Header, Measures

TOTAL = Header("", "合计")
LABEL = "label"
QUANTITIES = (Measure.QUANTITY, Measure.PREVIOUS, Measure.CHANGE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `kind`: row, subtotal or total; `cells` are in the order of the grid's columns."""

    header: Header
    kind: str
    cells: Sequence[Measures | None]

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
        """Whether some quantity that is shown is left out because units differ: then the whole is."""
        whole = self.total.total
        return bool(set(QUANTITIES) & set(measures)) and bool(whole and whole.quantity is None)


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


class Cells(Sequence[Measures | None]):
    """The cells of a row, the whole row last; each is looked up when it is read: few rows are drawn."""

    __slots__ = ("_cells", "_columns", "_row", "_totals")

    def __init__(
        self,
        row: str,
        columns: Sequence[Header],
        cells: Mapping[tuple[str, str], Measures],
        totals: Mapping[str, Measures],
    ) -> None:
        self._row, self._columns, self._cells, self._totals = row, columns, cells, totals

    def __len__(self) -> int:
        return len(self._columns) + 1

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return tuple(self[at] for at in range(*place.indices(len(self))))
        if place in (-1, len(self._columns)):
            return self._totals.get(self._row)
        return self._cells.get((self._row, self._columns[place].key))


def build(answer: Answer, view: View, figures: Figures) -> Grid:
    """The table of an answer as the view wants it."""
    told_apart = answer.columns if view.columns else ()
    columns = (*(_headed(header, view) for header in told_apart), TOTAL)
    sorting = Sorting.read(view.sort)
    place = next((i for i, column in enumerate(columns) if column.key == sorting.column), -1)
    order = _sorted(sorting, place, figures)
    cells, totals = answer.cells, answer.row_totals
    lines = order(
        [Line(row, "row", Cells(row.key, told_apart, cells, totals)) for row in answer.rows]
    )
    total = Line(TOTAL, "total", (*(_column(answer, c) for c in columns[:-1]), answer.total))
    groups = answer.groups
    if groups is None:
        return Grid(columns, ((None, tuple(lines)),), total)
    members: dict[str, list[Line]] = {}
    for line in lines:
        members.setdefault(groups.of.get(line.header.key, ""), []).append(line)
    tops = order(
        [
            Line(group, "subtotal", Cells(group.key, told_apart, groups.cells, groups.totals))
            for group in groups.headers
            if group.key in members
        ]
    )
    known = [(top, tuple(members.pop(top.header.key))) for top in tops]
    rest = tuple(line for lines in members.values() for line in lines)
    return Grid(columns, (*known, *([(None, rest)] if rest else [])), total)


def _headed(column: Header, view: View) -> Header:
    """Items of one name and specification are told apart by their code."""
    if view.columns != Dimension.ITEM:
        return column
    return Header(column.key, f"{column.label} {column.key}")


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
