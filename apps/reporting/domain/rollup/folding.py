"""From what was found to cells, totals and headers. Pure arithmetic; nothing here reads the database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from apps.reporting.domain.rollup.asked import BY_PLACE, BoundQuestion, Found
from apps.reporting.domain.rollup.goods import ALL
from apps.reporting.domain.rollup.places import Keys, Plan
from apps.reporting.domain.rollup.question import FACETS, GOODS, PLACES, Dimension
from apps.reporting.domain.rollup.sums import NOTHING, Sum

NO_FACET = "-"
ONLY = ""
"""The one column of a question without columns."""
Place = tuple[str, str]
"""A cell: row key, column key."""


class Table:
    """Adds what was found up into cells, rows, groups of rows, columns and the whole."""

    def __init__(self, asked: BoundQuestion, plan: Plan) -> None:
        self.asked, self.plan = asked, plan
        rows, columns, groups = asked.axes
        self.row_of, self.column_of = _reader(0, rows), _reader(1, columns)
        self.rows_add, self.columns_add = rows not in GOODS, columns not in GOODS
        self.cells_add = self.rows_add and self.columns_add
        """Whether institutions add up like quantities: each is in one cell."""
        self.groups_add = groups is not None and groups not in GOODS
        self.cells: defaultdict[Place, Sum] = defaultdict(Sum)
        self.rows: defaultdict[str, Sum] = defaultdict(Sum)
        self.columns: defaultdict[str, Sum] = defaultdict(Sum)
        self.group_cells: defaultdict[Place, Sum] = defaultdict(Sum)
        self.groups: defaultdict[str, Sum] = defaultdict(Sum)
        self.total = Sum()
        self.group_of = self._groups()

    def _groups(self) -> Mapping[str, str]:
        """Of each row that is known by now its group; places are found by their numbers."""
        rows, _, groups = self.asked.axes
        if groups in GOODS:
            return {item.keys[rows]: item.keys[groups] for item in self.asked.goods.items}
        return self.plan.group_of

    def add(self, rows: Iterable[Found]) -> None:
        keys, most = self.asked.keys, len(self.asked.cells)
        units = self._units()
        pairs, by_place = self.plan.keys, self.plan.places
        for (
            number,
            place,
            own,
            other,
            key,
            quantity,
            bought,
            low,
            high,
            fen,
            institutions,
        ) in rows:
            pair = by_place.get(place) if number == BY_PLACE else pairs[number]
            if pair is None:
                continue
            goods = keys[key] if key >= 0 else ALL
            row = self.row_of(pair, own, goods.row)
            column = self.column_of(pair, other, goods.column)
            cell = None
            if quantity is not None and key < most:
                cell = self.cells[row or ONLY, column or ONLY]
                unit = units[key] if low is None else (low if low == high else None)
                cell.add(
                    quantity,
                    bought or 0,
                    None if fen is None else int(fen),
                    unit if quantity or bought else NOTHING,
                )
            if institutions is None:
                continue
            if self.cells_add:
                cell = cell or self.cells[row or ONLY, column or ONLY]
                cell.institutions += institutions
            else:
                self._count(row, goods.group, column, institutions)
        self._add_up()
        for cells in (self.cells, self.group_cells):
            cells.default_factory = None
        for totals in (self.rows, self.columns, self.groups):
            totals.default_factory = None

    def _units(self) -> list[int | None]:
        """Of each cell's key the unit of its items; groups of institutions hold all units there are."""
        units = [{item.unit for item in items} for items in self.asked.cells.values()]
        return [next(iter(unit)) if len(unit) == 1 else None for unit in units]

    def _count(self, row: str | None, group: str | None, column: str | None, number: int) -> None:
        """An axis of goods says itself for which cells, rows or columns a count stands; others add up."""
        columns_add = column is None or self.columns_add
        if group is None:
            rows_add = row is None or self.rows_add
            if row is not None and column is not None:
                self.cells[row, column].institutions += number
            if row is not None and columns_add:
                self.rows[row].institutions += number
            if column is not None and rows_add:
                self.columns[column].institutions += number
            if rows_add and columns_add:
                self.total.institutions += number
            group = self.group_of.get(row) if self.groups_add and row is not None else None
        if group is None:
            return
        if column is not None:
            self.group_cells[group, column].institutions += number
        if columns_add:
            self.groups[group].institutions += number

    def _add_up(self) -> None:
        for (row, column), cell in self.cells.items():
            parts = [self.rows[row], self.columns[column]]
            group = self.group_of.get(row)
            if group is not None:
                parts += [self.group_cells[group, column], self.groups[group]]
            for part in parts:
                part.add(cell.quantity, cell.bought, cell.fen, cell.unit)
                if self.cells_add:
                    part.institutions += cell.institutions
        for row_total in self.rows.values():
            total = self.total
            total.add(row_total.quantity, row_total.bought, row_total.fen, row_total.unit)
            if self.cells_add:
                total.institutions += row_total.institutions


def _reader(
    axis: int, dimension: Dimension | None
) -> Callable[[Keys, str, str | None], str | None]:
    """How an axis reads its key; `None` for all goods of an axis of goods together."""
    if dimension is None:
        return lambda _place, _facet, _key: ONLY
    if dimension in GOODS:
        return lambda _place, _facet, key: key
    if dimension in PLACES:
        return lambda place, _facet, _key: place[axis]
    return lambda _place, facet, _key: facet or NO_FACET


def facet_order(dimension: Dimension, key: str) -> tuple[int, int, str]:
    """Grades from the highest down, others by their text; those without one last."""
    if dimension not in FACETS or key == NO_FACET:
        return (99, 0, key)
    if dimension != Dimension.GRADE:
        return (0, 0, key)
    levels, classes = "三二一", "特甲乙丙"
    level = levels.find(key[:1])
    step = classes.find(key[2:3]) if len(key) > len("三级") else len(classes)
    return (level if level >= 0 else len(levels), step if step >= 0 else len(classes), key)
