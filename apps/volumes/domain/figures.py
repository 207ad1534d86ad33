"""Bases, ratios and words of the rules as people read them. Pure formatting."""

from decimal import Decimal
from fractions import Fraction

from apps.ui.formats import NOTHING


def plain(value: Decimal | int | None) -> str:
    """`617.500000` → `617.5`, with separators."""
    if value is None:
        return NOTHING
    exact = Decimal(value)
    whole = exact == exact.to_integral_value()
    return f"{exact.to_integral_value() if whole else exact.normalize():,f}"


def fraction(value: Fraction, places: int = 6) -> str:
    """Exact where it ends within the places, otherwise cut with an ellipsis."""
    scaled = value * 10**places
    shown = plain(Decimal(scaled.numerator // scaled.denominator).scaleb(-places))
    return shown if scaled.denominator == 1 else f"{shown}…"


def per_cent(share: Decimal | Fraction) -> str:
    """`0.8` → `80%`."""
    return f"{fraction(Fraction(share) * 100, 4)}%"
