"""State of one slot: is it filled, is it inside its bounds, can it still be filled at all.

Invariant: every slot is judged alone against its own Q; there is no check across slots
(rules §3a.5). Numbers in messages are units of the item to be allocated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from apps.allocation.engine import (
    Bounds,
    Row,
    allocated_total,
    bounds,
    carrying_row,
    tolerance,
)


@dataclass(frozen=True, slots=True)
class SlotCheck:
    """Verdict on a slot. `gap` is Q - Σ allocated: above zero 还差, below zero 超出."""

    filled: bool
    inside: bool
    gap: Fraction
    bounds: Bounds | None

    @property
    def missing(self) -> Fraction:
        """The N of "还差 N"; 0 when nothing is missing."""
        return max(self.gap, Fraction(0))

    @property
    def excess(self) -> Fraction:
        """The N of "超出 N"; 0 when nothing is too much."""
        return max(-self.gap, Fraction(0))


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """产能不足: the whole packs each row can still take, and what goes on to the next slot."""

    contracts: tuple[int, ...]
    placed: Fraction
    moved: int


def check(pending: int, daily_usage: Decimal, rows: Sequence[Row]) -> SlotCheck:
    """Judge a slot (S1-33, S1-35, S1-44). Q = 0 without any contract is filled: 无需分配."""
    gap = pending - allocated_total(rows, daily_usage)
    if all(row.contract is None for row in rows):
        nothing_to_do = pending == 0
        return SlotCheck(filled=nothing_to_do, inside=nothing_to_do, gap=gap, bounds=None)
    limits = bounds(pending, daily_usage, rows)
    inside = limits.contain(rows[limits.index].contract or 0)
    return SlotCheck(filled=True, inside=inside, gap=gap, bounds=limits)


def broken_packs(rows: Sequence[Row]) -> tuple[int, ...]:
    """Indexes of rows whose contract is no multiple of the pack, for projects that require it."""
    return tuple(index for index, row in enumerate(rows) if (row.contract or 0) % row.pack)


def exhaustion(
    pending: int, daily_usage: Decimal, rows: Sequence[Row], left: Sequence[int | None]
) -> Exhaustion | None:
    """The way out of a slot its capacity cannot fill, None while it can be filled (rules §3a.10).

    `left` is the free capacity per row in smallest units, what the institution itself has saved
    included; None is unlimited. m is found as if every whole pack left were taken. `moved` keeps
    the sum of the slots: Q less the whole units placed. Without a row all of it moves on.
    """
    if not rows:
        return Exhaustion((), Fraction(0), moved=pending)
    limits = [free for free in left if free is not None]
    if len(limits) < len(left):
        return None
    takes = [
        replace(row, contract=free // row.pack * row.pack)
        for row, free in zip(rows, limits, strict=True)
    ]
    placed = allocated_total(takes, daily_usage)
    if placed > pending - tolerance(takes[carrying_row(takes)], daily_usage):
        return None
    contracts = tuple(row.contract or 0 for row in takes)
    return Exhaustion(contracts, placed, moved=pending - floor(placed))
