"""What cells and totals of a pivot are: sums that know where they have no one unit. Pure arithmetic."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from apps.reporting.domain.rates import Baseline
from apps.reporting.domain.rollup.question import Measures

NOTHING = 0
"""The unit of what nothing was added to."""
K = TypeVar("K")


class Sum:
    """Exact sums of one cell. `unit` is that of all that was added, `None` where there are several."""

    __slots__ = ("bought", "fen", "institutions", "quantity", "unit")

    def __init__(self) -> None:
        self.quantity = self.bought = self.institutions = 0
        self.fen: int | None = None
        self.unit: int | None = NOTHING

    def add(self, quantity: int, bought: int, fen: int | None, unit: int | None) -> None:
        self.quantity += quantity
        self.bought += bought
        if fen is not None:
            self.fen = fen + (self.fen or 0)
        if unit != self.unit and unit != NOTHING:  # noqa: PLR1714 - of all lines here this one runs most often
            self.unit = unit if self.unit == NOTHING else None

    def measures(self, years: int) -> Measures:
        amount = None if self.fen is None else Decimal(f"{self.fen}E-2")
        if self.unit is None:
            return Measures(None, None, amount, self.institutions)
        previous = Baseline(self.bought, years).shown
        return Measures(self.quantity, previous, amount, self.institutions, self.bought)


class Sums(Mapping[K, Measures]):
    """Measures by key. Each is worked out when somebody reads it: of a large table a page shows twenty rows."""

    def __init__(self, sums: Mapping[K, Sum], years: int) -> None:
        self._sums, self._years = sums, years
        self._read: dict[K, Measures] = {}

    def __getitem__(self, key: K) -> Measures:
        measures = self._read.get(key)
        if measures is None:
            measures = self._sums[key].measures(self._years)
            self._read[key] = measures
        return measures

    def __iter__(self) -> Iterator[K]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)
