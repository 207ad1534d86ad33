"""Quantities as clerks type and read them: `１２０盒` is 120 packs, `14,976` is smallest units.

`static/js/allocation-quantities.js` is its twin in the page. Pure; no Django.
"""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from .engine import Bounds, rounded

PACK_WORDS = frozenset({"盒", "瓶", "袋", "包", "板", "罐", "筒", "箱", "件", "套"})
TYPED = re.compile(r"^(\d{1,15})(\D*)$")


class QuantityUnreadable(ValueError):
    """What was typed is no whole quantity; the sentence says what to type."""


def parse_quantity(typed: str, *, pack: int, unit: str) -> int | None:
    """Smallest units; `None` for blank. A pack word multiplies, unless it is the smallest unit itself."""
    text = "".join(unicodedata.normalize("NFKC", typed).replace(",", "").split())
    if not text:
        return None
    found = TYPED.match(text)
    if not found:
        raise QuantityUnreadable(
            f"“{typed.strip()}”不是整数，请填最小单位（{unit}）的整数，或如 120盒"
        )
    number, word = int(found[1]), found[2]
    if word in {"", unit}:
        return number
    if word in PACK_WORDS:
        return number * pack
    raise QuantityUnreadable(f"不认识单位“{word}”，请填 {unit} 的整数，或如 120盒")


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
