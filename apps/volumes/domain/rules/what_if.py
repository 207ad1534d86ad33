"""What other rules would come to, before anything is published: before and after side by side. Writes nothing.

Invariant: both sides come out of the same arithmetic over the same base. R2 rounds every institution by itself, which a
page can't recount: there both sides are rounded by province and called an estimate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.projects.models import CatalogItem, RoundingMode
from apps.reporting.agreed_volume import LinearRule
from apps.volumes.domain.agreed.calculating import (
    Facts,
    RuleBook,
    RuleGap,
    Terms,
    Volumes,
    terms_of,
    volumes_of,
)
from apps.volumes.domain.agreed.keeping import keepers_of, terms_there
from apps.volumes.domain.agreed.terms import Bases
from apps.volumes.domain.rules.rulebook import Rules
from apps.volumes.models import RatioClass, Rule


@dataclass(frozen=True, slots=True)
class Changes:
    """What is tried; `None` and "" leave it as it is. `unit` narrows the change to one competition unit.

    `linear`: other figures for R4.
    """

    unit: str = ""
    rule: Rule | None = None
    ratio_class: RatioClass | None = None
    winners: int | None = None
    ratio: Fraction | None = None
    rounding: RoundingMode | None = None
    linear: LinearRule | None = None

    def facts(self, facts: Facts) -> Facts:
        return replace(
            facts,
            rule=self.rule or facts.rule,
            ratio_class=self.ratio_class or facts.ratio_class,
            winners=facts.winners if self.winners is None else self.winners,
            linear=self.linear or facts.linear,
        )

    def terms(self, facts: Facts, book: RuleBook) -> Terms:
        """Raises `RuleGap`. A ratio of one's own scales what stays with the product alike (R4)."""
        terms = terms_of(self.facts(facts), replace(book, rounding=self.rounding or book.rounding))
        if self.ratio is None or not terms.facts.winners:
            return terms
        kept = terms.kept_share
        if terms.rule == Rule.LINEAR and terms.ratio:
            kept = kept * self.ratio / terms.ratio
        return replace(terms, ratio=self.ratio, kept_share=kept)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One item before and after, nationally; `gap` says what the rules leave open on either side."""

    item: CatalogItem
    base: object
    before: Terms | None
    after: Terms | None
    was: Volumes
    becomes: Volumes
    gap: str = ""

    @property
    def pk(self) -> int:
        return int(self.item.pk)

    @property
    def difference(self) -> int:
        return self.becomes.agreed - self.was.agreed

    @property
    def is_estimate(self) -> bool:
        return any(
            side is not None and side.is_per_institution for side in (self.before, self.after)
        )

    def __str__(self) -> str:
        return str(self.item)


def compare(rules: Rules, bases: Bases, changes: Changes) -> list[Comparison]:
    """Every item with a base that the change concerns, in the order of the catalogue."""
    return list(_compared(rules, bases, changes))


def _compared(rules: Rules, bases: Bases, changes: Changes) -> Iterable[Comparison]:
    book = rules.book
    for item in rules.items:
        if item.pk not in bases.by_province or changes.unit not in ("", item.competition_unit):
            continue
        facts = rules.facts(item)
        before, gap = _tried(Changes(), facts, book)
        after, other = _tried(changes, facts, book)
        was = _summed(item, before, rules, bases)
        yield Comparison(
            item=item,
            base=bases.national(item.pk),
            before=before,
            after=after,
            was=was,
            becomes=was if after == before else _summed(item, after, rules, bases),
            gap=other or gap,
        )


def _summed(item: CatalogItem, terms: Terms | None, rules: Rules, bases: Bases) -> Volumes:
    if terms is None:
        return Volumes()
    keepers = keepers_of(replace(rules, items=(item,)), {item.pk: terms}, bases.names)
    total, kept_in = Volumes(), bases.kept_in(item.pk, terms, keepers)
    for province, base in bases.by_province[item.pk].items():
        there = terms_there(terms, keepers.get((item.pk, bases.paths[province])))
        total += volumes_of(base, there, kept=province in kept_in)
    return total


def _tried(changes: Changes, facts: Facts, book: RuleBook) -> tuple[Terms | None, str]:
    try:
        return changes.terms(facts, book), ""
    except RuleGap as gap:
        return None, str(gap)
