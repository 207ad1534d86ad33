"""From the calculation base to the agreed volume (约定采购量): rules §2 and §3a.2, R1 R2 R4 R6.

Invariant: Fractions until the one named rounding, and whatever is split adds up again.
Quantities are whole smallest units; ratios are parts of 1, the percentages of R4 parts of 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal


class NoRule(LookupError):
    """The table has no row for this number of winners or this class."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """How an agreed volume becomes whole; `pack` in smallest units counts for up_to_pack only."""

    mode: Literal["down", "half_up", "up_to_pack"]
    pack: int = 1

    def __post_init__(self) -> None:
        """Refuse unknown modes, which come from project settings."""
        if self.mode not in ("down", "half_up", "up_to_pack") or self.pack < 1:
            raise ValueError("unknown rounding")

    def whole(self, quantity: Fraction) -> int:
        """Return the quantity in whole smallest units."""
        if self.mode == "up_to_pack":
            return ceil(quantity / self.pack) * self.pack
        return floor(quantity + Fraction(1, 2)) if self.mode == "half_up" else floor(quantity)


DOWN = Rounding("down")


@dataclass(frozen=True, slots=True)
class RatioTable:
    """R1: rows (from, to, ratio by class) over the number of winners; `to` None is open."""

    rows: tuple[tuple[int, int | None, dict[str, Fraction]], ...]

    def __post_init__(self) -> None:
        """Refuse rows that overlap or run backwards."""
        free_from: int | None = 1
        for first, last, _ in sorted(self.rows, key=lambda row: row[0]):
            if free_from is None or first < free_from or (last is not None and last < first):
                raise ValueError("rows of a ratio table overlap or run backwards")
            free_from = None if last is None else last + 1


@dataclass(frozen=True, slots=True)
class Slots:
    """Shares of the to-be-allocated volume by slot; they sum to 1."""

    lowest: Fraction
    highest: Fraction
    other: Fraction

    def __post_init__(self) -> None:
        """Refuse shares that lose or invent volume."""
        shares = (self.lowest, self.highest, self.other)
        if min(shares) < 0 or sum(shares) != 1:
            raise ValueError("slot shares must sum to 1")


@dataclass(frozen=True, slots=True)
class Reported:
    """One reported product or item of an institution.

    `highest_cut`: it has the highest cut of its competition unit. `merged`: lowest cost and
    highest cut are one enterprise. `sole`: the group has one enterprise only, which takes all.
    """

    key: str
    quantity: int
    selected: bool
    highest_cut: bool
    merged: bool
    sole: bool = False
    rounding: Rounding = DOWN


@dataclass(frozen=True, slots=True)
class SplitRow:
    """a agreed, K kept, P = a - K to allocate = L lowest cost + H highest cut + O other."""

    key: str
    a: int
    K: int
    P: int
    L: int
    H: int
    O: int  # noqa: E741 - the letters of rules §3a.2


@dataclass(frozen=True, slots=True)
class Split:
    """Rows and their sums. The sums are for display: never allocate from them (rules §3a.1)."""

    rows: tuple[SplitRow, ...]
    totals: SplitRow


@dataclass(frozen=True, slots=True)
class LinearRule:
    """R4: per point of cut above `minimum` (to `maximum`), `step` points move to the base."""

    minimum: Decimal
    maximum: Decimal
    base: Decimal
    transfer: Decimal
    step: Decimal = Decimal(3)


@dataclass(frozen=True, slots=True)
class CascadeTable:
    """R6: by number of winners, the share of the remainder that each rank takes.

    The last rank takes the rest, written as a closing 1 or left out. The highest key holds for
    more winners; its last share repeats.
    """

    shares: dict[int, tuple[Fraction, ...]]


def commitment_ratio(winners: int, ratio_class: str, table: RatioTable) -> Fraction:
    """R1: the part of the base that is committed, by number of winners. Raises NoRule."""
    for first, last, ratios in table.rows:
        if first <= winners and (last is None or winners <= last) and ratio_class in ratios:
            return Fraction(ratios[ratio_class])
    raise NoRule(f"no ratio for {winners} winners in class {ratio_class!r}")


def agreed_quantity(base: int, ratio: Fraction, rounding: Rounding) -> int:
    """Agreed volume of one base, the only place where the rounding setting counts."""
    if base < 0 or ratio < 0:
        raise ValueError("base and ratio are never below zero")
    return rounding.whole(base * Fraction(ratio))


def split_r2(
    reported: Sequence[Reported], ratio: Fraction, keep_other: Fraction, shares: Slots
) -> Split:
    """R2: what each reported row keeps and what it gives to the three slots (rules §3a.2)."""
    if not 0 <= keep_other <= 1:
        raise ValueError("the part that is kept lies between 0 and 1")
    rows = tuple(_split_row(row, ratio, keep_other, shares) for row in reported)
    totals = SplitRow(
        key="total",
        a=sum(row.a for row in rows),
        K=sum(row.K for row in rows),
        P=sum(row.P for row in rows),
        L=sum(row.L for row in rows),
        H=sum(row.H for row in rows),
        O=sum(row.O for row in rows),
    )
    return Split(rows, totals)


def base_and_transfer(cut: Decimal, rule: LinearRule) -> tuple[Fraction, Fraction]:
    """R4: base and transfer percentages of a price cut; linear between whole points.

    Raises ValueError below the minimum: such a product is not in the rule.
    """
    if cut < rule.minimum:
        raise ValueError("the price cut lies below the rule's minimum")
    points = Fraction(min(cut, rule.maximum)) - Fraction(rule.minimum)
    moved = points * Fraction(rule.step)
    return Fraction(rule.base) + moved, Fraction(rule.transfer) - moved


def cascade(base: Fraction, winners: int, table: CascadeTable) -> list[Fraction]:
    """R6: shares of `base` by price rank, best first; they sum to `base`. Raises NoRule."""
    steps = _cascade_steps(winners, table)
    remainder = Fraction(base)
    shares = []
    for rank in range(winners - 1):
        share = remainder * steps[min(rank, len(steps) - 1)]
        shares.append(share)
        remainder -= share
    return [*shares, remainder]


def _split_row(row: Reported, ratio: Fraction, keep_other: Fraction, shares: Slots) -> SplitRow:
    agreed = agreed_quantity(row.quantity, ratio, row.rounding)
    kept = _kept(row, agreed, keep_other)
    pending = agreed - kept
    lowest, highest = _fixed_slots(row, pending, shares)
    other = pending - lowest - highest
    return SplitRow(row.key, a=agreed, K=kept, P=pending, L=lowest, H=highest, O=other)


def _fixed_slots(row: Reported, pending: int, shares: Slots) -> tuple[int, int]:
    if row.sole:
        return 0, pending
    if row.merged:
        return 0, floor(pending * (Fraction(shares.lowest) + Fraction(shares.highest)))
    return floor(pending * Fraction(shares.lowest)), floor(pending * Fraction(shares.highest))


def _kept(row: Reported, agreed: int, keep_other: Fraction) -> int:
    if not row.selected:
        return 0
    return agreed if row.highest_cut else floor(agreed * Fraction(keep_other))


def _cascade_steps(winners: int, table: CascadeTable) -> tuple[Fraction, ...]:
    if winners < 1 or not table.shares:
        raise NoRule(f"no cascade for {winners} winners")
    key = min(winners, max(table.shares))
    if key not in table.shares:
        raise NoRule(f"no cascade for {winners} winners")
    steps = table.shares[key]
    if len(steps) > 1 and steps[-1] == 1:
        steps = steps[:-1]
    if winners > 1 and not steps:
        raise NoRule(f"no share for {winners} winners")
    return steps
