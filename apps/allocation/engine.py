"""Exact arithmetic of one allocation slot (分量): S1-33 to S1-39, rules §3 and §3a.5-7.

Invariant: quantities are whole smallest units, quotients are Fractions, and nothing is rounded
before it is shown. A blank contract is None and differs from an explicit 0 (rules §3a.6).
`static/js/allocation-engine.js` is its twin in the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from apps.projects.domain import money


class NoWholePack(ValueError):
    """No multiple of the row's pack lies inside the bounds (rules §3a.7)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a slot; `price` is per pack, `contract` in smallest units, None when blank."""

    daily_usage: Decimal
    pack: int
    price: Decimal
    contract: int | None

    def __post_init__(self) -> None:
        """Refuse terms no formula can divide by, and contracts below zero."""
        if self.daily_usage <= 0 or self.pack <= 0:
            raise ValueError("daily usage and pack must be positive")
        if self.contract is not None and self.contract < 0:
            raise ValueError("a contract quantity is never below zero")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The open interval in which the contract of row `index` must lie, in smallest units."""

    index: int
    low: Fraction
    high: Fraction

    def contain(self, contract: int) -> bool:
        """Both ends are refused (S1-33)."""
        return self.low < contract < self.high


def bounds(pending: int, daily_usage: Decimal, rows: Sequence[Row]) -> Bounds:
    """Bounds of the row that carries the slot, given the other rows (S1-33, S1-35).

    `pending` is Q and `daily_usage` Du of the item to be allocated.
    Raises ValueError if nothing is filled.
    """
    index = carrying_row(rows)
    row = rows[index]
    target = _target(pending, daily_usage, rows, index)
    return Bounds(index, low=target - row.pack, high=target + row.pack)


def carrying_row(rows: Sequence[Row]) -> int:
    """Index of m: the filled row with the largest pack, the last of a tie (S1-36, rules §3).

    A row at zero carries the slot only while no row is positive (rules §3a.6).
    Raises ValueError if nothing is filled.
    """
    filled = [index for index, row in enumerate(rows) if row.contract is not None]
    positive = [index for index in filled if rows[index].contract]
    if not filled:
        raise ValueError("no contract quantity is filled")
    return max(positive or filled, key=lambda index: (rows[index].pack, index))


def allocated(row: Row, daily_usage: Decimal) -> Fraction:
    """What the row takes of Q, in units of the item to be allocated; a blank takes nothing (S1-37)."""
    return Fraction(row.contract or 0) / Fraction(row.daily_usage) * _usage(daily_usage)


def allocated_total(rows: Sequence[Row], daily_usage: Decimal) -> Fraction:
    """Sum of what the rows take of Q (S1-39)."""
    return sum((allocated(row, daily_usage) for row in rows), Fraction(0))


def tolerance(row: Row, daily_usage: Decimal) -> Fraction:
    """One pack of the row in units of the item to be allocated: pm/dm·Du (rules §3a.5)."""
    return Fraction(row.pack) / Fraction(row.daily_usage) * _usage(daily_usage)


def daily_cost(row: Row) -> Fraction:
    """Daily amount 日均使用金额 in yuan (S1-38)."""
    return Fraction(row.price) / row.pack * Fraction(row.daily_usage)


def contract_amount(row: Row) -> Fraction:
    """Contract amount 合同金额 in yuan, exact; nothing for a blank row (S1-52)."""
    return Fraction(row.price) / row.pack * (row.contract or 0)


def amount(row: Row) -> Decimal:
    """合同金额 as it is shown, in yuan and fen; a slot's own, whatever other slots take of the product."""
    return money.amount(row.price, row.pack, row.contract or 0)


def rounded(value: Fraction, places: int) -> Decimal:
    """For display and storage only: half away from zero, exact at any size."""
    scaled = floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(f"{'-' if value < 0 and scaled else ''}{scaled}E-{places}")


def suggest(pending: int, daily_usage: Decimal, rows: Sequence[Row], index: int) -> int:
    """Whole packs for row `index` that come nearest to what the other rows leave; ties go down.

    Only quantities inside the slot's bounds are offered. Further multiples never help: among
    positive ones m stays the same, so the nearest is the best. Raises NoWholePack if none fits.
    """
    target = _target(pending, daily_usage, rows, index)
    pack = rows[index].pack
    below = max(target // pack * pack, 0)
    for contract in sorted(
        {below, below + pack}, key=lambda contract: (abs(contract - target), contract)
    ):
        filled = [*rows[:index], replace(rows[index], contract=contract), *rows[index + 1 :]]
        limits = bounds(pending, daily_usage, filled)
        if limits.contain(filled[limits.index].contract or 0):
            return contract
    raise NoWholePack(f"no multiple of {pack} lies inside the bounds")


def offer(
    pending: int, daily_usage: Decimal, rows: Sequence[Row], index: int, left: int | None
) -> int:
    """The suggestion for row `index` as far as its product goes: never more than what is `left` (`None`: no limit).

    Where the suggestion is more, all whole packs left, for the next row to go on from. Raises NoWholePack.
    """
    wanted = suggest(pending, daily_usage, rows, index)
    if left is None or wanted <= left:
        return wanted
    pack = rows[index].pack
    if left < pack:
        raise NoWholePack(f"less than a pack of {pack} is left")
    return left // pack * pack


def _target(pending: int, daily_usage: Decimal, rows: Sequence[Row], index: int) -> Fraction:
    """What row `index` would contract to place exactly the remainder R: R/Du·d."""
    if pending < 0:
        raise ValueError("the quantity to allocate is never below zero")
    if not 0 <= index < len(rows):
        raise IndexError("no such row")
    others = [row for place, row in enumerate(rows) if place != index]
    remainder = pending - allocated_total(others, daily_usage)
    return remainder / _usage(daily_usage) * Fraction(rows[index].daily_usage)


def _usage(daily_usage: Decimal) -> Fraction:
    if daily_usage <= 0:
        raise ValueError("daily usage must be positive")
    return Fraction(daily_usage)
