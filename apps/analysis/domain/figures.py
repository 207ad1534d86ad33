"""One figure of a cell: its value for sorting and the workbook, its words for the page.

Invariant: page and workbook say the same; where units differ there is no sum, in neither.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.analysis.domain.view import Measure
from apps.projects.models import Project
from apps.reporting.domain.rates import Baseline, rate, rate_in_words, rounded
from apps.reporting.domain.rollup import Measures
from apps.ui import formats

Value = int | Decimal | str | None
NEW = "新增"
ABOVE_ALL = Fraction(10**18)


@dataclass(frozen=True, slots=True)
class Figures:
    """Reads cells of a project; `years` is the number of its baseline years."""

    years: int = 1

    @classmethod
    def of(cls, project: Project) -> "Figures":
        return cls(len(project.baseline_years) or 1)

    def value(self, cell: Measures | None, measure: Measure) -> Value:
        """What a workbook holds: whole units, yuan, per cents with one decimal; 新增 without a baseline."""
        if cell is None:
            return None
        match measure:
            case Measure.QUANTITY:
                return cell.quantity
            case Measure.PREVIOUS:
                return cell.previous
            case Measure.AMOUNT:
                return cell.amount
            case Measure.INSTITUTIONS:
                return cell.institutions
            case Measure.CHANGE:
                return self._change(cell)

    def words(self, cell: Measures | None, measure: Measure) -> str:
        """What the page says: nothing where nothing is, `—` where there is no sum."""
        if cell is None:
            return ""
        value = self.value(cell, measure)
        if value is None:
            is_open = measure == Measure.CHANGE and cell.quantity is not None
            return "" if is_open else formats.NOTHING
        match measure:
            case Measure.CHANGE:
                return rate_in_words(cell.quantity, self._baseline(cell))
            case Measure.AMOUNT:
                return formats.yuan(Decimal(value)).replace("¥ ", "")
            case _:
                return formats.whole(value)  # type: ignore[arg-type]

    def rank(self, cell: Measures | None, measure: Measure) -> Fraction | None:
        """What rows are sorted by; `None` stands last whichever way. 新增 is more than any rise."""
        value = self.value(cell, measure)
        if value == NEW:
            return ABOVE_ALL
        return None if value is None else Fraction(value)

    def _baseline(self, cell: Measures) -> Baseline:
        if cell.bought is None:
            return Baseline(cell.previous or 0)
        return Baseline(cell.bought, self.years)

    def _change(self, cell: Measures) -> Decimal | str | None:
        if cell.quantity is None or cell.previous is None:
            return None
        baseline = self._baseline(cell)
        if baseline.total == 0:
            return NEW if cell.quantity else None
        return rounded(rate(cell.quantity, baseline) * 100, 1)
