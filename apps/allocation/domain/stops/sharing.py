"""Who takes over a confirmed quantity, exactly (rules §3a.12). Pure; no Django.

Invariants: what the products take and what is left over add up to what was confirmed, in units of the row's item;
nothing is taken beyond what is left of a product.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True)
class Taker:
    """A product that may take over: its daily usage in its own units."""

    product_id: int
    daily_usage: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """`contract` in smallest units of the product stands for `taken` of the row's item."""

    product_id: int
    contract: int
    taken: int


def share_kept(
    quantity: int,
    daily_usage: Decimal,
    takers: Sequence[Taker],
    left: MutableMapping[int, int | None],
) -> tuple[list[Part], int]:
    """Parts in the order of the takers, each as far as it goes, and what nobody can take.

    `quantity` is in units of an item with this daily usage; `left` goes down as parts are taken. A part is the
    nearest whole unit to quantity / Du · d, halves up, and at least one.
    """
    parts: list[Part] = []
    for taker in takers:
        if not quantity:
            break
        ratio = Fraction(taker.daily_usage) / Fraction(daily_usage)
        free = left[taker.product_id]
        taken = quantity if free is None else min(quantity, _most(free, ratio))
        contract = _contract(taken, ratio)
        if not taken or (free is not None and contract > free):
            continue
        parts.append(Part(taker.product_id, contract, taken))
        left[taker.product_id] = None if free is None else free - contract
        quantity -= taken
    return parts, quantity


def _contract(taken: int, ratio: Fraction) -> int:
    return max(floor(taken * ratio + Fraction(1, 2)), 1)


def _most(free: int, ratio: Fraction) -> int:
    """The largest quantity whose part fits into what is free: taken · ratio + 1/2 < free + 1."""
    if free <= 0:
        return 0
    limit = (free + Fraction(1, 2)) / ratio
    return floor(limit) - (limit.denominator == 1)
