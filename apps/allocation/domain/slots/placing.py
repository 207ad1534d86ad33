"""Filling one slot without anybody typing: what 系统代分 puts where (rules §3a.7, §3a.10, §3a.11). Pure; no Django.

Invariant: every contract is a whole number of packs within what is left of its product, and the slot lies inside its
bounds, unless it is exhausted as rules §3a.10 define: then all whole packs left are taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import floor

from apps.allocation.domain.slots.state import exhaustion
from apps.allocation.engine import (
    NoWholePack,
    Row,
    allocated,
    allocated_total,
    bounds,
    carrying_row,
    suggest,
    tolerance,
)

Left = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Placement:
    """Contracts by row, `None` blank. `moved` is what an exhausted slot can't place, in whole units of Q."""

    contracts: tuple[int | None, ...]
    is_exhausted: bool = False
    moved: int = 0


def place(
    pending: int,
    daily_usage: Decimal,
    rows: Sequence[Row],
    left: Left,
    preference: Sequence[int],
    *,
    keeping: bool = False,
) -> Placement:
    """Fill Q = `pending` from the rows in the order of `preference` (indexes), the first as far as it goes.

    `left` is what may be taken of each row's product in smallest units, `None` without limit. What the rows hold is
    ignored, or with `keeping` stays as far as the slot can be filled on top of it. Without rows all of it moves on.
    """
    blank = [replace(row, contract=None) for row in rows]
    short = exhaustion(pending, daily_usage, blank, left)
    if short is not None:
        return Placement(short.contracts, is_exhausted=True, moved=short.moved)
    filled = (
        (keeping and _on_top(pending, daily_usage, rows, left, preference))
        or _in_order(pending, daily_usage, blank, left, preference)
        or _alone(pending, daily_usage, blank, left, preference)
        or _from_full(pending, daily_usage, blank, left)
    )
    return Placement(tuple(row.contract for row in filled))


def _on_top(
    pending: int, daily_usage: Decimal, rows: Sequence[Row], left: Left, preference: Sequence[int]
) -> list[Row] | None:
    """What is held as it is where that will do, else with what is missing by preference; nothing held is lowered."""
    if all(row.contract is None for row in rows):
        return None
    if _is_inside(pending, daily_usage, rows):
        return list(rows)
    filled = _in_order(pending, daily_usage, rows, left, preference) or []
    pairs = zip(filled, rows, strict=False)
    return filled if all((new.contract or 0) >= (old.contract or 0) for new, old in pairs) else None


def _in_order(
    pending: int, daily_usage: Decimal, blank: Sequence[Row], left: Left, preference: Sequence[int]
) -> list[Row] | None:
    """Each product takes the suggestion, or all whole packs left and hands on to the next; `None` if that misses."""
    rows = list(blank)
    for index in preference:
        try:
            wanted = suggest(pending, daily_usage, rows, index)
        except NoWholePack:
            continue
        free, pack = left[index], rows[index].pack
        if free is None or wanted <= free:
            rows[index] = replace(rows[index], contract=wanted)
            return rows
        if packs := free // pack:
            rows[index] = replace(
                rows[index], contract=max(packs * pack, rows[index].contract or 0)
            )
            if _is_inside(pending, daily_usage, rows):
                return rows
    return None


def _alone(
    pending: int, daily_usage: Decimal, blank: Sequence[Row], left: Left, preference: Sequence[int]
) -> list[Row] | None:
    """One product takes all of it."""
    for index in preference:
        wanted, free = suggest(pending, daily_usage, blank, index), left[index]
        if free is None or wanted <= free:
            return [*blank[:index], replace(blank[index], contract=wanted), *blank[index + 1 :]]
    return None


def _from_full(pending: int, daily_usage: Decimal, blank: Sequence[Row], left: Left) -> list[Row]:
    """From everything left, packs of the row that carries the slot are given back until it lies inside.

    This always ends inside: one pack is the tolerance, which is open on both sides, and a slot that is not
    exhausted starts above its lower bound.
    """
    rows = [
        replace(row, contract=_most(pending, daily_usage, row, free))
        for row, free in zip(blank, left, strict=True)
    ]
    if not any(row.contract for row in rows):
        index = carrying_row(rows)
        return [*blank[:index], rows[index], *blank[index + 1 :]]
    rows = [row if row.contract else replace(row, contract=None) for row in rows]
    while not _is_inside(pending, daily_usage, rows):
        index = carrying_row(rows)
        row = rows[index]
        excess = allocated_total(rows, daily_usage) - pending
        packs = (row.contract or 0) // row.pack
        kept = packs - min(packs, floor(excess / tolerance(row, daily_usage)))
        rows[index] = replace(row, contract=kept * row.pack or None)
    return rows


def _most(pending: int, daily_usage: Decimal, row: Row, free: int | None) -> int:
    """All whole packs left, but no more than one pack beyond what would place Q alone."""
    ample = floor(pending / allocated(replace(row, contract=row.pack), daily_usage)) + 2
    return min(ample, ample if free is None else max(free, 0) // row.pack) * row.pack


def _is_inside(pending: int, daily_usage: Decimal, rows: Sequence[Row]) -> bool:
    limits = bounds(pending, daily_usage, rows)
    return limits.contain(rows[limits.index].contract or 0)
