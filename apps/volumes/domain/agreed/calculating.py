"""From what is known of an item to its terms, and from a base to whole agreed volumes (rules §2).

Invariant: every figure comes out of `reporting.agreed_volume`, exact until its one rounding; what is split adds up.
Bases are what was reported of an item, in its own smallest units. Pure; no Django but the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from apps.projects.models import RoundingMode
from apps.reporting.agreed_volume import (
    CascadeTable,
    LinearRule,
    NoRule,
    RatioTable,
    Reported,
    Rounding,
    Slots,
    agreed_quantity,
    base_and_transfer,
    cascade,
    commitment_ratio,
    split_r2,
)
from apps.volumes.models.choices import RatioClass, Rule

PERCENT = Fraction(1, 100)


class RuleGap(ValueError):
    """The rules say nothing about an item; the text is a Chinese clause that says what is missing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item: its rule and class, and how it fared. `winners` are those of its competition unit.

    `cut` is the highest of those that won the item, `lowest_cut` the lowest. `linear`: its unit's own
    figures for R4. `to_primary`: unselected, it goes to the province's primary supplier.
    One smallest unit counts as `coefficient` of the item `main` in sums; None is itself.
    """

    rule: Rule
    ratio_class: RatioClass
    winners: int
    is_selected: bool
    is_highest_cut: bool
    cut: Decimal | None
    pack: int
    linear: LinearRule | None = None
    to_primary: bool = False
    lowest_cut: Decimal | None = None
    main: int | None = field(default=None, compare=False)
    coefficient: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of a project, as the arithmetic takes them."""

    rule: Rule
    rounding: RoundingMode
    group_ratio: Fraction
    group_keep: Fraction
    group_fixed: Fraction
    linear: LinearRule
    cascade_ratio: Fraction
    table: RatioTable
    cascade_table: CascadeTable


@dataclass(frozen=True, slots=True)
class Terms:
    """See `models.AgreedTerms`: the same in fractions."""

    facts: Facts
    rounding: RoundingMode
    ratio: Fraction
    kept_share: Fraction
    fixed_share: Fraction

    @property
    def rule(self) -> Rule:
        return self.facts.rule

    @property
    def is_per_institution(self) -> bool:
        """R2 splits every row of every institution by itself (rules §3a.1); the others split a province's base."""
        return self.rule == Rule.GROUP

    @property
    def is_parted(self) -> bool:
        """R4 parts what a selected product has; everything else is kept whole or pending whole."""
        return self.rule == Rule.LINEAR and self.facts.is_selected


@dataclass(frozen=True, slots=True)
class Volumes:
    """Whole smallest units: agreed = kept + pending, `fixed` is a part of pending."""

    agreed: int = 0
    kept: int = 0
    pending: int = 0
    fixed: int = 0

    def __add__(self, other: "Volumes") -> "Volumes":
        return Volumes(
            self.agreed + other.agreed,
            self.kept + other.kept,
            self.pending + other.pending,
            self.fixed + other.fixed,
        )


def terms_of(facts: Facts, book: RuleBook) -> Terms:
    """The terms of one item; without a winner in its unit nothing is agreed. Raises `RuleGap`."""
    if facts.winners == 0:
        return Terms(facts, book.rounding, Fraction(0), Fraction(0), Fraction(0))
    ratio, kept, fixed = _TERMS[facts.rule](facts, book)
    return Terms(facts, book.rounding, ratio, kept, fixed)


Parts = tuple[Fraction, Fraction, Fraction]


def _by_winners(facts: Facts, book: RuleBook) -> Parts:
    try:
        ratio = commitment_ratio(facts.winners, facts.ratio_class.value, book.table)
    except NoRule as error:
        raise RuleGap(f"带量比例表里没有 {facts.winners} 家中选的一行") from error
    return ratio, _whole_if_kept(facts), Fraction(0)


def _whole_if_kept(facts: Facts) -> Fraction:
    """What was not selected is nobody's, unless the project gives it to the province's primary supplier (rules §2)."""
    return Fraction(1) if facts.is_selected or facts.to_primary else Fraction(0)


def _by_group(facts: Facts, book: RuleBook) -> Parts:
    keep = Fraction(1) if facts.is_highest_cut else book.group_keep
    return book.group_ratio, keep if facts.is_selected else Fraction(0), book.group_fixed


def _by_cut(facts: Facts, book: RuleBook) -> Parts:
    """What was not selected keeps nothing as a rule, and all of its volume is transferred."""
    linear = facts.linear or book.linear
    if not facts.is_selected:
        whole = (Fraction(linear.base) + Fraction(linear.transfer)) * PERCENT
        return whole, whole * _whole_if_kept(facts), Fraction(0)
    if facts.cut is None:
        raise RuleGap("中选结果里没有填降幅")
    lowest = facts.cut if facts.lowest_cut is None else facts.lowest_cut
    if lowest < linear.minimum:
        raise RuleGap(f"降幅 {lowest.normalize():f}% 低于最低降幅 {linear.minimum.normalize():f}%")
    base, transfer = base_and_transfer(facts.cut, linear)
    return (base + transfer) * PERCENT, base * PERCENT, Fraction(0)


def _by_rank(facts: Facts, book: RuleBook) -> Parts:
    try:
        cascade(Fraction(0), facts.winners, book.cascade_table)
    except NoRule as error:
        raise RuleGap(f"逐级分配表里没有 {facts.winners} 家中选的一行") from error
    return book.cascade_ratio, Fraction(1), Fraction(0)


_TERMS = {
    Rule.WINNERS: _by_winners,
    Rule.GROUP: _by_group,
    Rule.LINEAR: _by_cut,
    Rule.CASCADE: _by_rank,
}


def volumes_of(base: int, terms: Terms, *, kept: bool) -> Volumes:
    """What one base comes to: of a province, or for R2 of a single institution. `kept`: somebody keeps it there."""
    rounding = Rounding(terms.rounding.value, terms.facts.pack)  # type: ignore[arg-type]
    if terms.rule == Rule.GROUP:
        return _split_group(base, terms, rounding, kept=kept)
    agreed = agreed_quantity(base, terms.ratio, rounding)
    if not kept or not terms.kept_share:
        return Volumes(agreed, 0, agreed)
    if not terms.is_parted:
        return Volumes(agreed, agreed)
    own = min(agreed, floor(base * terms.kept_share))
    return Volumes(agreed, own, agreed - own)


def _split_group(base: int, terms: Terms, rounding: Rounding, *, kept: bool) -> Volumes:
    reported = Reported(
        "",
        base,
        selected=kept and terms.kept_share > 0,
        highest_cut=terms.kept_share == 1,
        merged=False,
        rounding=rounding,
    )
    shares = Slots(Fraction(0), terms.fixed_share, 1 - terms.fixed_share)
    (row,) = split_r2([reported], terms.ratio, terms.kept_share, shares).rows
    return Volumes(row.a, row.K, row.P, row.L + row.H)


def shares_of_ranks(
    classes: Sequence[tuple[Fraction, int]], winners: int, book: RuleBook
) -> list[list[int]]:
    """R6: whole volumes of each class by rank, the best first; what is left over goes to the last (rules §2).

    `classes`: coefficient and volume of the items that count alike, the largest coefficient first. The unit's shares
    are rounded down once, in units of the main specification, to what the finest class can give; each class is dealt
    towards them in whole units of its items, and the finer one makes up for what the coarser could not give.
    """
    left = sum((coefficient * volume for coefficient, volume in classes), Fraction(0))
    finest = min((coefficient for coefficient, volume in classes if volume), default=Fraction(1))
    leading = cascade(left, winners, book.cascade_table)[:-1]
    due = [share // finest * finest for share in leading]
    dealt = []
    for coefficient, volume in classes:
        dealt.append(_dealt(due, coefficient, volume, left))
        left -= coefficient * volume
        due = [share - coefficient * given for share, given in zip(due, dealt[-1], strict=False)]
    return dealt


def _dealt(
    due: Sequence[Fraction], coefficient: Fraction, volume: int, left: Fraction
) -> list[int]:
    """One class among the ranks: to each its part of what it is still due of all that is `left`; the last the rest."""
    given, free = [], volume
    for share in due:
        given.append(min(floor(share * volume / left) if left else 0, free))
        free -= given[-1]
    return [*given, free]
