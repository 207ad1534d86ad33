"""The rules of a project read together: a constant number of statements, published defaults where nothing is set.

The defaults are the tables of rules §2: R1 as the national rounds publish them, R6 as LH-HD2020-1.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.projects.models import CatalogItem, ProductType, Project, RoundingMode
from apps.reporting.agreed_volume import CascadeTable, LinearRule, RatioTable

from .calculating import Facts, RuleBook, RuleGap, Terms, terms_of
from .models import CascadeRow, RatioClass, RatioRow, Rule, UnitRule, VolumeRules, WinningResult

RATIOS = (
    (1, 1, "0.5", "0.4", "0.3"),
    (2, 2, "0.6", "0.5", "0.4"),
    (3, 3, "0.7", "0.6", "0.5"),
    (4, None, "0.8", "0.7", "0.5"),
)
"""R1: from, to, and the ratio of each class."""
CASCADE = ((1, ("1",)), (2, ("0.6",)), (3, ("0.6", "0.6")), (4, ("0.5", "0.5", "0.5")))
"""R6: by number of winners the share of the remainder that each rank takes; the last takes the rest."""
USUAL = {
    ProductType.DRUG: Rule.WINNERS,
    ProductType.PATENT_MEDICINE: Rule.GROUP,
    ProductType.CONSUMABLE: Rule.CASCADE,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A competition unit: how many won, which items, what it has of its own."""

    name: str
    rule: Rule
    own_rule: str
    ratio_class: RatioClass
    counted: int
    given: int | None
    results: tuple[WinningResult, ...]

    @property
    def winners(self) -> int:
        return self.counted if self.given is None else self.given

    @property
    def ranked(self) -> list[str]:
        """The enterprises by rank, the best first; those without a rank by name, behind."""
        best: dict[str, int] = {}
        for result in self.results:
            rank = result.rank or 10**6
            best[result.enterprise] = min(rank, best.get(result.enterprise, rank))
        return sorted(best, key=lambda name: (best[name], name))


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that terms follow from."""

    settings: VolumeRules
    ratios: tuple[RatioRow, ...]
    cascades: tuple[CascadeRow, ...]
    units: Mapping[str, Unit]
    items: tuple[CatalogItem, ...]

    @property
    def book(self) -> RuleBook:
        return book_of(self.settings, self.ratios, self.cascades)

    def facts(self, item: CatalogItem, folded: Collection[int]) -> Facts:
        """Of a main specification; a winner with any of the items that are converted to it has won with it."""
        unit = self.units[item.competition_unit]
        own = [result for result in unit.results if result.item_id in folded]
        cuts = [result.cut for result in own if result.cut is not None]
        highest = max((r.cut for r in unit.results if r.cut is not None), default=None)
        cut = max(cuts, default=None)
        return Facts(
            rule=unit.rule,
            ratio_class=unit.ratio_class,
            winners=unit.winners,
            is_selected=bool(own),
            is_highest_cut=cut is not None and cut == highest,
            cut=cut,
            pack=item.pack_quantity,
        )


def default_rules(project: Project) -> VolumeRules:
    """Not saved: the rule that is usual for the product type, the project's own ratios and rounding."""
    return VolumeRules(
        project=project,
        rule=USUAL[ProductType(project.product_type)],
        rounding=project.rounding,
        group_ratio=project.agreed_ratio,
        group_keep=project.keep_other,
        group_fixed=project.share_lowest + project.share_highest,
    )


def default_ratios(project: Project) -> list[RatioRow]:
    return [
        RatioRow(
            project=project,
            first=first,
            last=last,
            normal=Decimal(normal),
            antibiotic=Decimal(antibiotic),
            strict=Decimal(strict),
        )
        for first, last, normal, antibiotic, strict in RATIOS
    ]


def default_cascades(project: Project) -> list[CascadeRow]:
    return [
        CascadeRow(project=project, winners=winners, shares=[Decimal(share) for share in shares])
        for winners, shares in CASCADE
    ]


def rules_of(project: Project) -> Rules:
    """Six statements, whatever the catalogue holds."""
    settings = VolumeRules.objects.filter(project=project).first() or default_rules(project)
    ratios = list(RatioRow.objects.filter(project=project).order_by("first"))
    cascades = list(CascadeRow.objects.filter(project=project).order_by("winners"))
    items = tuple(CatalogItem.objects.filter(project=project).order_by("position", "item_code"))
    return Rules(
        settings=settings,
        ratios=tuple(ratios or default_ratios(project)),
        cascades=tuple(cascades or default_cascades(project)),
        units=_units(project, settings, items),
        items=items,
    )


def _units(
    project: Project, settings: VolumeRules, items: Sequence[CatalogItem]
) -> dict[str, Unit]:
    own = {row.competition_unit: row for row in UnitRule.objects.filter(project=project)}
    by_item = {item.pk: item.competition_unit for item in items}
    results: dict[str, list[WinningResult]] = defaultdict(list)
    for result in WinningResult.objects.filter(project=project).order_by("item_id", "pk"):
        results[by_item[result.item_id]].append(result)
    names = dict.fromkeys(item.competition_unit for item in items)
    return {name: unit_of(name, settings, own.get(name), results[name]) for name in names}


def unit_of(
    name: str, settings: VolumeRules, own: UnitRule | None, results: Iterable[WinningResult]
) -> Unit:
    found = tuple(results)
    return Unit(
        name=name,
        rule=Rule(own.rule if own and own.rule else settings.rule),
        own_rule=own.rule if own else "",
        ratio_class=RatioClass(own.ratio_class) if own else RatioClass.NORMAL,
        counted=len({result.enterprise for result in found}),
        given=own.winners if own else None,
        results=found,
    )


def book_of(
    settings: VolumeRules, ratios: Iterable[RatioRow], cascades: Iterable[CascadeRow]
) -> RuleBook:
    return RuleBook(
        rule=Rule(settings.rule),
        rounding=RoundingMode(settings.rounding),
        group_ratio=Fraction(settings.group_ratio),
        group_keep=Fraction(settings.group_keep),
        group_fixed=Fraction(settings.group_fixed),
        linear=LinearRule(
            settings.linear_minimum,
            settings.linear_maximum,
            settings.linear_base,
            settings.linear_transfer,
            settings.linear_step,
        ),
        cascade_ratio=Fraction(settings.cascade_ratio),
        table=RatioTable(
            tuple(
                (row.first, row.last, {c.value: Fraction(getattr(row, c)) for c in RatioClass})
                for row in ratios
            )
        ),
        cascade_table=CascadeTable(
            {row.winners: tuple(Fraction(share) for share in row.shares) for row in cascades}
        ),
    )


def all_terms(
    rules: Rules, folded: Mapping[int, Collection[int]], book: RuleBook | None = None
) -> tuple[dict[int, Terms], list[str]]:
    """By main specification its terms, and a clause for each that the rules leave open.

    `folded`: by main specification the items that are converted to it, itself among them.
    """
    book = book or rules.book
    found, gaps = {}, []
    for item in rules.items:
        if item.pk not in folded:
            continue
        try:
            found[item.pk] = terms_of(rules.facts(item, folded[item.pk]), book)
        except RuleGap as gap:
            gaps.append(f"{item.item_code} {item.variety}（{item.competition_unit}）：{gap}")
    return found, gaps
