"""From figures and counts to cells, totals and headers. Pure arithmetic; nothing here reads the database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from apps.reporting.rates import Baseline

from .goods import Key
from .question import FACETS, GOODS, PLACES, Dimension, Measures
from .reading import Count, Figure

NO_FACET = "-"
NOTHING = 0
"""The unit of what nothing was added to."""
ONLY = ""
"""The one column of a question without columns."""
TEN_THOUSANDTHS = 10_000
Place = tuple[str, str]
"""A cell: row key, column key."""


class Sum:
    """Exact sums of one cell. `unit` is that of all that was added, `None` where there are several."""

    __slots__ = ("bought", "institutions", "quantity", "unit", "worth")

    def __init__(self) -> None:
        self.quantity = self.bought = self.institutions = 0
        self.worth: int | None = None
        self.unit: int | None = NOTHING

    def add(self, quantity: int, bought: int, worth: int | None, unit: int | None) -> None:
        self.quantity += quantity
        self.bought += bought
        if worth is not None:
            self.worth = worth + (self.worth or 0)
        if unit not in (self.unit, NOTHING):
            self.unit = unit if self.unit == NOTHING else None

    def measures(self, *, years: int, parts: int) -> Measures:
        amount = yuan(self.worth, parts)
        if self.unit is None:
            return Measures(None, None, amount, self.institutions)
        previous = Baseline(self.bought, years).shown
        return Measures(self.quantity, previous, amount, self.institutions, self.bought)


def yuan(worth: int | None, parts: int) -> Decimal | None:
    """In yuan and fen, rounded half up once."""
    if worth is None:
        return None
    fen = TEN_THOUSANDTHS // 100 * parts
    return Decimal((2 * worth + fen) // (2 * fen)).scaleb(-2)


class Table:
    """Adds figures up into cells, rows, columns and the whole."""

    def __init__(
        self,
        rows: Dimension,
        columns: Dimension | None,
        places: Sequence[tuple[str | None, str | None]],
    ) -> None:
        self.row_key, self.column_key = _keys(0, rows, places), _keys(1, columns, places)
        self.rows_add, self.columns_add = rows not in GOODS, columns not in GOODS
        self.cells: dict[Place, Sum] = defaultdict(Sum)
        self.rows: dict[str, Sum] = defaultdict(Sum)
        self.columns: dict[str, Sum] = defaultdict(Sum)
        self.total = Sum()

    def add_figures(self, figures: Iterable[Figure]) -> None:
        for place, facets, key, unit, quantity, bought, worth in figures:
            row, column = self.row_key(place, facets, key), self.column_key(place, facets, key)
            self.cells[row or ONLY, column or ONLY].add(quantity, bought, worth, unit)
        for (own, other), cell in self.cells.items():
            added = cell.quantity, cell.bought, cell.worth, cell.unit
            self.rows[own].add(*added)
            self.columns[other].add(*added)
            self.total.add(*added)

    def add_counts(self, counts: Iterable[Count]) -> None:
        """An axis of goods says itself for which cells, rows or columns a count stands; others add up."""
        for place, facets, key, number in counts:
            row, column = self.row_key(place, facets, key), self.column_key(place, facets, key)
            row_total, column_total = (
                row is None or self.rows_add,
                column is None or self.columns_add,
            )
            if row is not None and column is not None:
                self.cells[row, column].institutions += number
            if row is not None and column_total:
                self.rows[row].institutions += number
            if column is not None and row_total:
                self.columns[column].institutions += number
            if row_total and column_total:
                self.total.institutions += number


def _keys(
    axis: int, dimension: Dimension | None, places: Sequence[tuple[str | None, str | None]]
) -> Callable[[int, tuple[str, str], Key], str | None]:
    """How an axis reads its key; `None` for all goods of an axis of goods together."""
    if dimension is None:
        return lambda _place, _facets, _key: ONLY
    if dimension in GOODS:
        return lambda _place, _facets, key: key[axis]
    if dimension in PLACES:
        return lambda place, _facets, _key: places[place][axis]
    return lambda _place, facets, _key: facets[axis] or NO_FACET


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
