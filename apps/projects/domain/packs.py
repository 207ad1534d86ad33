"""Whole packs beside smallest units: nobody can order 0.4286 of a pack (rules §2 Packs and money).

Invariant: units = packs · pack + remainder, always; what is summed is units, so sums are kept per product.
"""

from apps.projects.models.choices import PackRounding
from apps.ui import formats


def whole_packs(units: int, pack: int, rule: PackRounding | str) -> tuple[int, int]:
    """The packs to order for so many smallest units, and the remainder in units.

    The remainder is signed: below zero where the packs hold more than was asked for. Half a pack goes up by
    `NEAREST`. Raises `ValueError` for a pack below 1.
    """
    if pack < 1:
        raise ValueError("a pack holds at least one unit")
    below, rest = divmod(units, pack)
    wanted = PackRounding(rule)
    goes_up = wanted == PackRounding.UP or (wanted == PackRounding.NEAREST and 2 * rest >= pack)
    packs = below + (1 if rest and goes_up else 0)
    return packs, units - packs * pack


def packs_in_words(
    units: int | None, *, pack: int | None, unit: str, rule: PackRounding | str = PackRounding.DOWN
) -> str:
    """`= 303 盒 余 1 粒`, or `= 304 盒 多 29 粒` where it was rounded up; empty where there is nothing to say."""
    if units is None or not pack or pack <= 1:
        return ""
    return formats.counted_packs(*whole_packs(units, pack, rule), unit=unit)
