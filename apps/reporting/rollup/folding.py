"""From figures and counts to cells, totals and headers. Pure arithmetic; nothing here reads the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from apps.reporting.rates import Baseline

from .question import FACETS, GOODS, PLACES, Dimension, Measures
from .reading import Count, Figure

NO_FACET = "-"
ONLY = ""
"""The one column of a question without columns."""
TEN_THOUSANDTHS = 10_000
Place = tuple[str, str]


@dataclass(slots=True)
class Sum:
    """Exact sums of one cell; `units` are those that were added."""

    quantity: int = 0
    bought: int = 0
    worth: int | None = None
    units: set[str | None] = field(default_factory=set)
    institutions: int = 0

    def add(self, other: "Sum | Figure") -> None:
        self.quantity += other.quantity
        self.bought += other.bought
        if other.worth is not None:
            self.worth = other.worth if self.worth is None else self.worth + other.worth
        if isinstance(other, Sum):
            self.units |= other.units
        else:
            self.units.add(other.unit)

    def measures(self, *, years: int, parts: int) -> Measures:
        one_unit = len(self.units) <= 1 and None not in self.units
        return Measures(
            quantity=self.quantity if one_unit else None,
            previous=Baseline(self.bought, years).shown if one_unit else None,
            amount=yuan(self.worth, parts),
            institutions=self.institutions,
            bought=self.bought if one_unit else None,
        )


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
        places: list[tuple[str | None, str | None]],
    ) -> None:
        self.axes = (rows, columns)
        self.places = places
        self.cells: dict[Place, Sum] = {}
        self.rows: dict[str, Sum] = {}
        self.columns: dict[str, Sum] = {}
        self.total = Sum()

    def add_figures(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            row, column = self._key(0, figure), self._key(1, figure)
            self.cells.setdefault((row or ONLY, column or ONLY), Sum()).add(figure)
        for (row, column), cell in self.cells.items():
            self.rows.setdefault(row, Sum()).add(cell)
            self.columns.setdefault(column, Sum()).add(cell)
            self.total.add(cell)

    def add_counts(self, counts: Iterable[Count]) -> None:
        """An axis of goods says itself for which cells, rows or columns a count stands; others add up."""
        for count in counts:
            row, column = self._key(0, count), self._key(1, count)
            for target in self._targets(row, column):
                target.institutions += count.number

    def _targets(self, row: str | None, column: str | None) -> Iterator[Sum]:
        rows_add, columns_add = self._adds(0), self._adds(1)
        if row is not None and column is not None:
            yield self.cells.setdefault((row, column), Sum())
        if row is not None and (column is None or columns_add):
            yield self.rows.setdefault(row, Sum())
        if column is not None and (row is None or rows_add):
            yield self.columns.setdefault(column, Sum())
        if (row is None or rows_add) and (column is None or columns_add):
            yield self.total

    def _adds(self, axis: int) -> bool:
        return self.axes[axis] not in GOODS

    def _key(self, axis: int, found: Figure | Count) -> str | None:
        """`None` for all goods of an axis of goods together."""
        dimension = self.axes[axis]
        if dimension is None:
            return ONLY
        if dimension in GOODS:
            return found.key[axis]
        if dimension in PLACES:
            return self.places[found.place][axis]
        return found.facets[axis] or NO_FACET


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
