"""R6 by what must hold of it: rows sum to what is agreed, ranks to what is published, and everything in between.

The shares of a unit are rounded once. A class is what counts alike in sums: its rows are shared among the ranks
together, in whole units of the item. Where a
rank's enterprise gives another specification, whole units of both sides change hands and the rest is pending.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.recomputed.figures import Figures


@dataclass
class Expected:
    """Of a unit of the tree and a rank: its exact share, how far off whole units put it, what may be left over."""

    exact: Fraction = Fraction(0)
    step: Fraction = Fraction(0)
    left_over: Fraction = Fraction(0)


def rank_differences(figures: Figures) -> Iterator[str]:
    for unit, rule in figures.dump.rules.items():
        if rule.name == "r6" and figures.winners[unit]:
            yield from _share_differences(figures, unit)
            yield from _sum_differences(figures, unit)
            yield from _spread_differences(figures, unit)


def _published(figures: Figures, unit: str) -> dict[str, Fraction]:
    return {
        uscc: quantity
        for (name, _), (uscc, quantity) in figures.dump.shares.items()
        if name == unit
    }


def _share_differences(figures: Figures, unit: str) -> Iterator[str]:
    """What each rank has nationally, of all classes together, in units of the main specification."""
    totals: dict[str, Fraction] = defaultdict(Fraction)
    ranked = figures.ranked(unit)
    for coefficient, shares in figures.rank_shares(unit).items():
        for uscc, quantity in zip(ranked, shares, strict=True):
            totals[uscc] += coefficient * quantity
    told = [
        (uscc, quantity)
        for (name, _), (uscc, quantity) in sorted(figures.dump.shares.items())
        if name == unit
    ]
    expected, everywhere = _expected(figures, unit), _taken(figures, unit)
    for place, (uscc, quantity) in enumerate(told):
        left_over = expected["/0/", uscc].left_over
        if uscc != ranked[place] or not 0 <= totals[uscc] - quantity <= left_over:
            yield f"shares: {unit} {uscc} is {quantity}, computed {totals[uscc]}"
        if quantity != everywhere.get(("/0/", uscc), 0):
            yield f"shares: {unit} {uscc} is {quantity}, confirmed {everywhere.get(('/0/', uscc))}"
    if len(told) != len(ranked):
        yield f"shares: {unit} has {len(told)} ranks, {len(ranked)} won"


def _taken(figures: Figures, unit: str) -> dict[tuple[str, str], Fraction]:
    """By place of the tree and enterprise, in units of the main specification."""
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (path, code, uscc), (_quantity, converted) in figures.dump.confirmed.items():
        if figures.dump.items[code].unit == unit:
            for place in figures.dump.above(path):
                found[place, uscc] += converted
    return found


def _sum_differences(figures: Figures, unit: str) -> Iterator[str]:
    """Rows, and ranks: together with what is pending they are what is agreed, anywhere."""
    dump, taken = figures.dump, _taken(figures, unit)
    agreed: dict[str, Fraction] = defaultdict(Fraction)
    for (path, code), held in dump.agreed.items():
        item = dump.items[code]
        if item.unit == unit:
            agreed[path] += item.coefficient * held.kept
            if held.pending and not any(
                figures.portion(code, uscc).taken > 1 for uscc in figures.ranked(unit)
            ):
                yield f"agreed: {path} {code} has {held.pending} pending, though every rank takes it"
    found: dict[str, Fraction] = defaultdict(Fraction)
    for (path, _uscc), quantity in taken.items():
        found[path] += quantity
    for path in sorted(agreed.keys() | found.keys()):
        if agreed[path] != found[path]:
            yield f"confirmed: {path} {unit} comes to {found[path]}, kept is {agreed[path]}"


def _spread_differences(figures: Figures, unit: str) -> Iterator[str]:
    """Everywhere in the tree within one unit of the exact share; nationally the published share itself."""
    taken, expected = _taken(figures, unit), _expected(figures, unit)
    shares = _published(figures, unit)
    for key in sorted(expected.keys() | taken.keys()):
        path, uscc = key
        bound, found = expected.get(key, Expected()), taken.get(key, Fraction(0))
        short = bound.exact - found
        if not (-bound.step < short < bound.step + bound.left_over) and (short or bound.step):
            yield f"confirmed: {path} {unit} {uscc} has {found}, its share is {bound.exact}"
        if path == "/0/" and shares.get(uscc, 0) != found:
            yield f"confirmed: {unit} {uscc} has {found} nationally, published {shares.get(uscc)}"


def _expected(figures: Figures, unit: str) -> dict[tuple[str, str], Expected]:
    found: dict[tuple[str, str], Expected] = defaultdict(Expected)
    ranked = figures.ranked(unit)
    dealt = figures.rank_shares(unit)
    for coefficient, codes in figures.classes(unit).items():
        shares = dealt[coefficient]
        agreed, left_over = _below(figures, ranked, codes)
        for path, quantity in agreed.items():
            for uscc, share in zip(ranked, shares, strict=True):
                bound = found[path, uscc]
                bound.exact += coefficient * Fraction(quantity * share, sum(shares))
                bound.left_over += coefficient * left_over[path, uscc]
                bound.step += coefficient
    return found


def _below(
    figures: Figures, ranked: Sequence[str], codes: Sequence[str]
) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """By place what it has of a class; by rank as well what whole units of its products may leave over there."""
    agreed: dict[str, int] = defaultdict(int)
    left_over: dict[tuple[str, str], int] = defaultdict(int)
    for code in codes:
        rests = [(uscc, figures.portion(code, uscc).taken - 1) for uscc in ranked]
        for path, held in figures.by_item[code]:
            for place in figures.dump.above(path) if held.agreed else ():
                agreed[place] += held.agreed
                for uscc, rest in rests:
                    left_over[place, uscc] += rest
    return agreed, left_over
