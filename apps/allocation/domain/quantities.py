"""Quantities as clerks read them. `static/js/allocation-quantities.js` is its twin in the page. Pure; no Django."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from apps.allocation.engine import Bounds, rounded
from apps.exchange.files.quantities import QuantityUnreadable, parse_quantity

__all__ = ["QuantityUnreadable", "parse_quantity", "price", "shown", "whole_range"]


def whole_range(bounds: Bounds) -> tuple[int, int] | None:
    """The whole quantities strictly inside the bounds, from 0 on; `None` if there are none."""
    lowest = max(floor(bounds.low) + 1, 0)
    highest = ceil(bounds.high) - 1
    return (lowest, highest) if lowest <= highest else None


def shown(value: Fraction | int, places: int = 2) -> str:
    """`9,984` or `666.67`: at most so many decimals, none that say nothing."""
    text = f"{rounded(Fraction(value), places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Decimal) -> str:
    """`28.80` or `0.0321`: at least two decimals, at most four."""
    text = shown(Fraction(value), 4)
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"
