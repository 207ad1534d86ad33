"""Change against a baseline: rates, when an explanation is due, boxes typed as tablets. Pure; no Django.

A baseline is the mean over the project's baseline years, kept as their sum and number so that nothing is rounded
before it is shown. Quantities are whole smallest units; all comparisons are exact (rules §1).
`static/js/demand-rates.js` says the same; a test holds them together.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

Direction = Literal["decrease", "increase", "both"]
NEW = "新增"
SLIP = Fraction(3, 10)
"""How near to boxes counted as tablets, or the reverse, a value must be to be asked about: ±30 %."""
_NEAR, _OF = SLIP.as_integer_ratio()


class Baseline(NamedTuple):
    """What was bought: `total` over `years` years."""

    total: int
    years: int = 1

    @property
    def mean(self) -> Fraction:
        return Fraction(self.total, self.years)

    @property
    def shown(self) -> int:
        """The mean in whole units, half up."""
        return (2 * self.total + self.years) // (2 * self.years)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a difference asks for an explanation: strictly beyond the threshold (0.2 is 20 %)."""

    direction: Direction
    threshold: Decimal
    is_asked: bool = True

    def is_due(self, planned: int | None, baseline: Baseline) -> bool:
        """Blank asks for nothing; without a baseline anything above zero does (新增)."""
        if planned is None or not self.is_asked:
            return False
        if baseline.total == 0:
            return planned > 0
        over, under = self.threshold.as_integer_ratio()
        change, limit = _difference(planned, baseline) * under, over * baseline.total
        falls = self.direction in ("decrease", "both") and change < -limit
        rises = self.direction in ("increase", "both") and change > limit
        return falls or rises


def _difference(planned: int, baseline: Baseline) -> int:
    """Over all years of the baseline: the rate's numerator, whose denominator is the baseline's total."""
    return planned * baseline.years - baseline.total


def rate(planned: int, baseline: Baseline) -> Fraction:
    """(预采购量 − baseline) / baseline. Raises `ZeroDivisionError` without a baseline."""
    return Fraction(_difference(planned, baseline), baseline.total)


def rate_in_words(planned: int | None, baseline: Baseline) -> str:
    """`+12.5%`, `-3.0%`, `0.0%`; 新增 without a baseline, empty for a blank or where both are nothing."""
    change = percent(planned, baseline)
    if change is None:
        return NEW if planned else ""
    return f"{change:+,.1f}%" if change else "0.0%"


def percent(planned: int | None, baseline: Baseline) -> Decimal | None:
    """The same as a number of per cents with one decimal; None for a blank and without a baseline."""
    if planned is None or baseline.total == 0:
        return None
    return _tenths(100 * _difference(planned, baseline), baseline.total)


def rounded(value: Fraction, places: int) -> Decimal:
    """Half away from zero, like the table on the page."""
    scaled = value * 10**places
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    sign = -1 if scaled < 0 else 1
    return (Decimal(sign * whole) / Decimal(10**places)).quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
    )


def _tenths(numerator: int, denominator: int) -> Decimal:
    """That quotient with one decimal, half away from zero."""
    whole = (2 * abs(numerator) * 10 + denominator) // (2 * denominator)
    return Decimal(whole if numerator >= 0 else -whole).scaleb(-1)


def may_be_packs(planned: int | None, baseline: Baseline, pack: int) -> bool:
    """Whether boxes may have been typed as smallest units, or units as boxes: within ±30 % of either slip."""
    if not planned or baseline.total == 0 or pack <= 1:
        return False
    over_all, bought = planned * baseline.years, baseline.total
    return _is_near(over_all * pack, bought) or _is_near(over_all, bought * pack)


def _is_near(typed: int, slip: int) -> bool:
    return _OF * abs(typed - slip) <= _NEAR * slip


def share_of(baseline: Baseline, percent: Decimal) -> int:
    """按上年量×%: that share of the baseline in whole units, half up."""
    exact = baseline.mean * Fraction(percent) / 100
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
