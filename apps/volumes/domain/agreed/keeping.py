"""Whose the kept part of an item is, province by province; and which products a ranked winner gives (rules §2).

Invariants: quantities change hands in whole smallest units on both sides, `taken` of the item for `given` of the
product, at the conversion's exact ratio; nobody's selected product loses volume to another specification. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.projects.domain.supply import Supplier, holder, primary_products
from apps.projects.models import CatalogItem
from apps.reporting.agreed_volume import base_and_transfer
from apps.volumes.domain.agreed.calculating import Terms
from apps.volumes.domain.rules.rulebook import Rules, Unit
from apps.volumes.models import Rule, Sharing

NAMED = 3
Keepers = Mapping[tuple[int, str], "Portion"]
"""By item and province path, where somebody keeps it."""


@dataclass(frozen=True, slots=True)
class Portion:
    """`given` smallest units of what the enterprise won for every `taken` of the item.

    `share`: what it keeps where its cut isn't the item's highest; None is what the item's terms say.
    """

    won: int
    enterprise: int
    taken: int = 1
    given: int = 1
    share: Fraction | None = None


def keepers_of(rules: Rules, terms: Mapping[int, Terms], provinces: Iterable[str]) -> Keepers:
    """Who keeps what is reported of each item; ranks (R6) and what is left to choice or pending have nobody here."""
    paths = list(provinces)
    keepers: dict[tuple[int, str], Portion] = {}
    for item in rules.items:
        own = terms.get(item.pk)
        if own is None or own.rule == Rule.CASCADE or not own.kept_share:
            continue
        unit = rules.units[item.competition_unit]
        for path in paths:
            portion = _kept_by(item, own, unit, path, rules)
            if portion is not None:
                keepers[item.pk, path] = portion
    return keepers


def _kept_by(
    item: CatalogItem, terms: Terms, unit: Unit, path: str, rules: Rules
) -> Portion | None:
    if not terms.facts.is_selected:
        primary = primary_products([result.supplier for result in unit.results], path)
        return best_portion(item.pk, primary, rules)
    won = [result.supplier for result in unit.results if result.item_id == item.pk]
    kept = holder(won, path, by_choice=unit.sharing == Sharing.CHOICE)
    return (
        Portion(kept.item, kept.enterprise, share=_own_share(kept, terms, unit, rules))
        if kept
        else None
    )


def _own_share(kept: Supplier, terms: Terms, unit: Unit, rules: Rules) -> Fraction | None:
    """Of several winners of an item each keeps by its own cut; None where that is what the item's terms say.

    R2: only who has the unit's highest cut keeps everything (rules §3a.2). R4: the base of its cut.
    """
    cuts = {result.supplier.product: result.cut for result in unit.results}
    own = cuts[kept.product]
    if own == terms.facts.cut or own is None:
        return None
    if terms.rule == Rule.LINEAR:
        base, _transfer = base_and_transfer(own, unit.linear or rules.book.linear)
        return base / 100
    return rules.book.group_keep if terms.rule == Rule.GROUP else None


def terms_there(terms: Terms, portion: Portion | None) -> Terms:
    """The terms of an item where this is who keeps it."""
    if portion is None or portion.share is None:
        return terms
    return replace(terms, kept_share=portion.share)


def best_portion(item: int, products: Sequence[Supplier], rules: Rules) -> Portion | None:
    """Of an enterprise's products the one that an item's units go into: itself, else with the least left over."""
    if not products:
        return None
    own = next((product for product in products if product.item == item), None)
    if own is not None:
        return Portion(own.item, own.enterprise)
    portions = [_portion(item, product, rules) for product in products]
    return min(portions, key=lambda portion: (portion.taken, portion.given))


def _portion(item: int, product: Supplier, rules: Rules) -> Portion:
    ratio = Fraction(rules.coefficient(item)) / Fraction(rules.coefficient(product.item))
    return Portion(product.item, product.enterprise, ratio.denominator, ratio.numerator)


def rank_gaps(unit: Unit, provinces: Mapping[str, str]) -> list[str]:
    """What keeps the ranks of a unit (R6) from having enterprises; `provinces`: names by path."""
    names, ranks = unit.names(), unit.ranks
    gaps = [f"{names[enterprise]}没有填名次" for enterprise in ranks.get(0, [])]
    gaps += [
        f"第 {rank} 名有几家企业（{'、'.join(names[enterprise] for enterprise in enterprises)}）"
        for rank, enterprises in ranks.items()
        if rank and len(enterprises) > 1
    ]
    for result in unit.results:
        lacking = [name for path, name in provinces.items() if not result.supplier.supplies(path)]
        if lacking:
            more = " 等省" if len(lacking) > NAMED else ""
            where = "、".join(lacking[:NAMED]) + more
            gaps.append(f"{result.enterprise}不供应{where}，名次份额按全部参加省份计算")
    return [f"竞争单元“{unit.name}”按名次分配：{gap}" for gap in dict.fromkeys(gaps)]
