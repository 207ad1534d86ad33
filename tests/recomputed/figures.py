"""A round computed anew from what was reported, the winners and the rules: rules §1-§3a in plain fractions.

Knows nothing of the product. What a rule leaves open within bounds (R6 among institutions) is not computed here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

from tests.recomputed.dump import Dump, Held, Item, Place, Rule, Taken, Winner, province_of

ONE = Fraction(1)
NONE = Fraction(0)


@dataclass(frozen=True)
class Terms:
    """`ratio`: part of the base that is agreed. `keep`: R2 of the agreed, R4 of the base; else all or nothing."""

    rule: str
    rounding: str
    pack: int
    ratio: Fraction
    keep: Fraction
    is_selected: bool
    is_highest: bool
    cut: Fraction | None

    def whole(self, quantity: Fraction) -> int:
        """By the rounding setting."""
        if self.rounding == "half_up":
            return floor(quantity + Fraction(1, 2))
        if self.rounding == "up_to_pack":
            return ceil(quantity / self.pack) * self.pack
        return floor(quantity)


@dataclass(frozen=True)
class Keeper:
    """`given` units of what `winner` won for every `taken` of the item."""

    winner: Winner
    taken: int = 1
    given: int = 1


@dataclass(frozen=True)
class Figures:
    """Everything that follows from a dump's reports, items, winners, rules and units."""

    dump: Dump

    @cached_property
    def bases(self) -> dict[Place, int]:
        """What every unit of the tree reported, added up."""
        found: dict[Place, int] = defaultdict(int)
        for (path, item), quantity in self.dump.reports.items():
            for place in self.dump.above(path) if quantity else ():
                found[place, item] += quantity
        return dict(found)

    @cached_property
    def winners(self) -> Mapping[str, list[Winner]]:
        """By competition unit."""
        found: dict[str, list[Winner]] = defaultdict(list)
        for winner in self.dump.winners:
            found[winner.unit].append(winner)
        return found

    def ranked(self, unit: str) -> list[str]:
        """Enterprises by their best rank."""
        best: dict[str, int] = {}
        for winner in self.winners[unit]:
            if winner.rank is None:
                raise ValueError(f"{unit}: {winner.uscc} has no rank")
            best[winner.uscc] = min(winner.rank, best.get(winner.uscc, winner.rank))
        if len(set(best.values())) < len(best):
            raise ValueError(f"{unit}: two enterprises share a rank")
        return sorted(best, key=lambda uscc: best[uscc])

    @cached_property
    def terms(self) -> dict[str, Terms]:
        return {code: self._terms(item) for code, item in self.dump.items.items()}

    def _terms(self, item: Item) -> Terms:
        rule, unit = self.dump.rules[item.unit], self.winners[item.unit]
        own = [winner for winner in unit if winner.item == item.code]
        cuts = [winner.cut for winner in own if winner.cut is not None]
        top = max((winner.cut for winner in unit if winner.cut is not None), default=None)
        cut = max(cuts, default=None)
        number = len({winner.uscc for winner in unit})
        ratio, keep = NONE, NONE
        if number:
            kept = ONE if own or self._goes_to_primary(rule) else NONE
            ratio, keep = {
                "r1": lambda: (ratio_by_number(rule, item.code, number), kept),
                "r2": lambda: (
                    rule.part("ratio"),
                    (ONE if cut == top else rule.part("keep")) if own else NONE,
                ),
                "r4": lambda: base_and_whole(rule, cut) if own else whole_of(rule, kept),
                "r6": lambda: (rule.part("ratio"), ONE),
            }[rule.name]()
        return Terms(
            rule=rule.name,
            rounding=rule.figures["rounding"],
            pack=item.pack,
            ratio=ratio,
            keep=keep,
            is_selected=bool(own),
            is_highest=cut is not None and cut == top,
            cut=cut,
        )

    def _goes_to_primary(self, rule: Rule) -> bool:
        return rule.name in {"r1", "r4"} and rule.figures["unselected"] == "primary"

    def keeper(self, code: str, province: str) -> Keeper | None:
        """Who keeps what a province reported of an item (R8); ranks and what is pending have nobody."""
        terms, item = self.terms[code], self.dump.items[code]
        rule = self.dump.rules[item.unit]
        if terms.rule == "r6" or not terms.keep:
            return None
        if not terms.is_selected:
            leading = [winner for winner in self.winners[item.unit] if winner.leads(province)]
            one = len({winner.uscc for winner in leading}) == 1
            return self.least_left_over(item, leading) if one else None
        here = [w for w in self.winners[item.unit] if w.item == code and w.serves(province)]
        if len(here) > 1 and rule.figures["sharing"] == "primary":
            here = [winner for winner in here if winner.leads(province)]
        return Keeper(here[0]) if len(here) == 1 else None

    def least_left_over(self, item: Item, products: Sequence[Winner]) -> Keeper:
        """Of one enterprise's products the item itself, else the one in whose whole units most of it fits."""
        own = [winner for winner in products if winner.item == item.code]
        if own:
            return Keeper(own[0])
        found = []
        for winner in products:
            ratio = item.coefficient / self.dump.items[winner.item].coefficient
            found.append(Keeper(winner, ratio.denominator, ratio.numerator))
        return min(found, key=lambda keeper: (keeper.taken, keeper.given))

    def portion(self, code: str, uscc: str) -> Keeper:
        """What an enterprise of the item's competition unit gives for it."""
        item = self.dump.items[code]
        own = [winner for winner in self.winners[item.unit] if winner.uscc == uscc]
        return self.least_left_over(item, own)

    @cached_property
    def institutions(self) -> dict[Place, Held]:
        """Every institution's volumes; of R6 `kept` is what is agreed, before leftovers."""
        found: dict[Place, Held] = {}
        for code, terms in self.terms.items():
            by_province: dict[str, list[tuple[str, int]]] = defaultdict(list)
            for path in sorted(
                path for (path, item), q in self.dump.reports.items() if item == code and q
            ):
                by_province[province_of(path)].append((path, self.dump.reports[path, code]))
            for province, rows in by_province.items():
                keeper = self.keeper(code, province)
                split = _each_alone if terms.rule == "r2" else _handed_down
                here = self.kept_here(code, keeper)
                for (path, base), (kept, pending) in zip(
                    rows, split(rows, here, keeper), strict=True
                ):
                    found[path, code] = Held(base, kept + pending, kept, pending)
        return found

    def kept_here(self, code: str, keeper: Keeper | None) -> Terms:
        """Each keeps by its own cut. R2: only the unit's highest keeps everything (rules §3a.2); R4: the base of it."""
        terms, unit = self.terms[code], self.dump.items[code].unit
        if keeper is None or not terms.is_selected or terms.rule not in {"r2", "r4"}:
            return terms
        if terms.rule == "r4":
            return replace(terms, keep=base_and_whole(self.dump.rules[unit], keeper.winner.cut)[1])
        top = max(winner.cut for winner in self.winners[unit] if winner.cut is not None)
        rule = self.dump.rules[unit]
        return replace(terms, keep=ONE if keeper.winner.cut == top else rule.part("keep"))

    @cached_property
    def by_item(self) -> Mapping[str, list[tuple[str, Held]]]:
        """The same: what every institution has of an item."""
        found: dict[str, list[tuple[str, Held]]] = defaultdict(list)
        for (path, code), held in self.institutions.items():
            found[code].append((path, held))
        return found

    @cached_property
    def confirmed(self) -> dict[Taken, int]:
        """Without R6: what every institution confirms of whose product, in units of that."""
        found: dict[Taken, int] = defaultdict(int)
        for (path, code), held in self.institutions.items():
            keeper = self.keeper(code, province_of(path))
            if keeper and held.kept:
                taken = path, keeper.winner.item, keeper.winner.uscc
                found[taken] += held.kept // keeper.taken * keeper.given
        return dict(found)

    def classes(self, unit: str) -> dict[Fraction, list[str]]:
        """R6: items of a unit by how much one of their units counts."""
        found: dict[Fraction, list[str]] = defaultdict(list)
        for code, item in self.dump.items.items():
            if item.unit == unit:
                found[item.coefficient].append(code)
        return found

    def rank_shares(self, unit: str) -> dict[Fraction, list[int]]:
        """R6: by class what each rank has nationally, best rank first; the last takes what is left over.

        The unit's shares are rounded down once, to whole units of its finest class; class by class, the coarsest
        first, each rank gets its part of what it is still due.
        """
        volumes = {
            coefficient: sum(held.agreed for code in codes for _path, held in self.by_item[code])
            for coefficient, codes in self.classes(unit).items()
        }
        found = {coefficient: [0] * len(self.ranked(unit)) for coefficient in volumes}
        left = sum(coefficient * volume for coefficient, volume in volumes.items())
        if not left:
            return found
        finest = min(coefficient for coefficient, volume in volumes.items() if volume)
        steps = self.dump.rules[unit].figures["shares"]
        due = [
            share - share % finest for share in cascade(left, steps, len(self.ranked(unit)))[:-1]
        ]
        for coefficient in sorted((each for each in volumes if volumes[each]), reverse=True):
            volume, own = volumes[coefficient], found[coefficient]
            for rank, share in enumerate(due):
                own[rank] = min(floor(share * volume / left), volume - sum(own))
                due[rank] -= coefficient * own[rank]
            own[-1] += volume - sum(own)
            left -= coefficient * volume
        return found


def ratio_by_number(rule: Rule, code: str, winners: int) -> Fraction:
    """R1; raises ValueError where the row in the file is for another number of winners."""
    table = rule.figures["table"]
    if not (table["from"] <= winners and (table["to"] is None or winners <= table["to"])):
        raise ValueError(f"{code}: no ratio for {winners} winners")
    return Fraction(table[rule.figures["classes"].get(code, rule.figures["class"])])


def base_and_whole(rule: Rule, cut: Fraction | None) -> tuple[Fraction, Fraction]:
    """R4: base and transfer together, and the base alone, as parts of 1."""
    if cut is None or cut < rule.part("minimum"):
        raise ValueError(f"no base for a cut of {cut}")
    moved = (min(cut, rule.part("maximum")) - rule.part("minimum")) * rule.part("step")
    return whole_of(rule, ONE)[0], (rule.part("base") + moved) / 100


def whole_of(rule: Rule, kept: Fraction) -> tuple[Fraction, Fraction]:
    """R4 of an item that nobody won."""
    whole = (rule.part("base") + rule.part("transfer")) / 100
    return whole, whole * kept


def cascade(agreed: Fraction, steps: Sequence[str], winners: int) -> list[Fraction]:
    """Each rank but the last takes its step of the remainder, exactly (the last step repeats)."""
    parts = [Fraction(step) for step in steps]
    if len(parts) > 1 and parts[-1] == 1:
        parts.pop()
    found, remainder = [], Fraction(agreed)
    for rank in range(winners - 1):
        share = remainder * parts[min(rank, len(parts) - 1)]
        found.append(share)
        remainder -= share
    return [*found, remainder]


def _each_alone(
    rows: Sequence[tuple[str, int]], terms: Terms, keeper: Keeper | None
) -> Iterator[tuple[int, int]]:
    """R2 (rules §3a.2): a by the rounding, K rounded down."""
    for _path, base in rows:
        agreed = terms.whole(base * terms.ratio)
        kept = floor(agreed * terms.keep) if keeper else 0
        yield kept, agreed - kept


def _handed_down(
    rows: Sequence[tuple[str, int]], terms: Terms, keeper: Keeper | None
) -> Iterator[tuple[int, int]]:
    """A province's volume along the paths: what a stretch has is the difference of two rounded running sums.

    R4 hands down what stays and what is transferred one by one; the others what is agreed.
    """
    total = sum(base for _path, base in rows)
    is_parted = terms.rule == "r4" and terms.is_selected and keeper is not None
    transfer = terms.whole(total * terms.ratio) - floor(total * terms.keep)
    before = 0
    for _path, base in rows:
        upto = before + base
        if is_parted:
            kept = floor(upto * terms.keep) - floor(before * terms.keep)
            yield kept, transfer * upto // total - transfer * before // total
        else:
            agreed = terms.whole(upto * terms.ratio) - terms.whole(before * terms.ratio)
            yield _kept_of(agreed, terms, keeper)
        before = upto


def _kept_of(agreed: int, terms: Terms, keeper: Keeper | None) -> tuple[int, int]:
    if terms.rule == "r6":
        return agreed, 0
    kept = agreed - agreed % keeper.taken if keeper else 0
    return kept, agreed - kept
