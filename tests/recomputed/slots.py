"""The three slots of every row of an allocation computed anew (rules §3a.2, §3a.3). Knows nothing of the product."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor

from tests.recomputed.dump import Winner, province_of
from tests.recomputed.figures import Figures


def slot_differences(figures: Figures) -> Iterator[str]:
    dump = figures.dump
    for (path, code), row in dump.rows.items():
        _agreed, _kept, pending, *told = row
        item, province = dump.items[code], province_of(path)
        offers = [
            winner
            for winner in dump.winners
            if dump.items[winner.item].group == item.group and winner.serves(province)
        ]
        rule = dump.rules[item.unit]
        picks = {
            pick["slot"]: pick["uscc"]
            for pick in rule.figures.get("picks", ())
            if (pick["group"], pick["province"]) == (item.group, province)
        }
        computed = split(pending, offers, rule.figures["slots"], picks)
        if told != list(computed):
            yield f"rows: {path} {code} has {pending} in {told}, computed {computed}"


def split(
    pending: int, offers: Sequence[Winner], slots: Mapping[str, str], picks: Mapping[str, str]
) -> tuple[int, int, int]:
    """L, H and O of a row; without an offer in its group and province it is left out."""
    if not offers:
        return 0, 0, 0
    if len({winner.uscc for winner in offers}) == 1:
        return 0, pending, 0
    lowest, highest = Fraction(slots["lowest"]), Fraction(slots["highest"])
    if _cheapest(offers, picks) == _deepest(offers, picks):
        own = floor(pending * (lowest + highest))
        return 0, own, pending - own
    low, high = floor(pending * lowest), floor(pending * highest)
    return low, high, pending - low - high


def _cheapest(offers: Sequence[Winner], picks: Mapping[str, str]) -> str:
    costs = {w: w.price / w.pack * w.usage for w in offers if w.price and w.pack and w.usage}
    least = min(costs.values())
    return _only({winner.uscc for winner, cost in costs.items() if cost == least}, picks, "lowest")


def _deepest(offers: Sequence[Winner], picks: Mapping[str, str]) -> str:
    most = max(winner.cut for winner in offers if winner.cut is not None)
    return _only({winner.uscc for winner in offers if winner.cut == most}, picks, "highest")


def _only(found: set[str], picks: Mapping[str, str], slot: str) -> str:
    """Of several, whom the alliance picked."""
    return picks[slot] if len(found) > 1 else min(found)
