"""The rules of a project read together: a constant number of statements, published defaults where nothing is set.

The defaults are the tables of rules §2: R1 as the national rounds publish them, R6 as LH-HD2020-1.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.projects.domain.supply import Supplier, products_of, suppliers_of
from apps.projects.models import CatalogItem, ProductType, Project, RoundingMode
from apps.reporting.agreed_volume import CascadeTable, LinearRule, RatioTable
from apps.volumes.domain.agreed.calculating import Facts, RuleBook, RuleGap, Terms, terms_of
from apps.volumes.models import (
    CascadeRow,
    Conversion,
    ItemRule,
    RatioClass,
    RatioRow,
    Rule,
    Sharing,
    UnitRule,
    Unselected,
    VolumeRules,
)
from apps.volumes.models.rules import LINEAR

RATIOS = (
    (1, 1, "0.5", "0.4", "0.3"),
    (2, 2, "0.6", "0.5", "0.4"),
    (3, 3, "0.7", "0.6", "0.5"),
    (4, None, "0.8", "0.7", "0.5"),
)
"""R1: from, to, and the ratio of each class."""
CASCADE = ((1, ("1",)), (2, ("0.6",)), (3, ("0.6", "0.6")), (4, ("0.5", "0.5", "0.5")))
"""R6: by number of winners the share of the remainder that each rank takes; the last takes the rest."""
TO_PRIMARY = (Rule.WINNERS, Rule.LINEAR)
"""Rules under which the project may give unselected items to the primary supplier (rules §2)."""
UNRANKED = 10**6
USUAL = {
    ProductType.DRUG: Rule.WINNERS,
    ProductType.PATENT_MEDICINE: Rule.GROUP,
    ProductType.CONSUMABLE: Rule.CASCADE,
}


ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Result:
    """A winning result: an enterprise with an item, its rank and cut (%), and where it supplies."""

    supplier: Supplier
    enterprise: str
    rank: int | None
    cut: Decimal | None
    product: int

    @property
    def item_id(self) -> int:
        return self.supplier.item


@dataclass(frozen=True, slots=True)
class Unit:
    """A competition unit: how many won, which items, what it has of its own. `linear`: its own figures for R4."""

    name: str
    rule: Rule
    own_rule: str
    ratio_class: RatioClass
    counted: int
    given: int | None
    results: tuple[Result, ...]
    own_sharing: str = ""
    sharing: Sharing = Sharing.PRIMARY
    linear: LinearRule | None = None

    @property
    def winners(self) -> int:
        return self.counted if self.given is None else self.given

    @property
    def ranks(self) -> dict[int, list[int]]:
        """The enterprises at each rank, each at its best; 0 for those without a rank."""
        best: dict[int, int] = {}
        for result in self.results:
            rank = result.rank or UNRANKED
            enterprise = result.supplier.enterprise
            best[enterprise] = min(rank, best.get(enterprise, rank))
        by_rank: dict[int, list[int]] = {}
        for enterprise, rank in sorted(best.items(), key=lambda pair: (pair[1], pair[0])):
            by_rank.setdefault(0 if rank == UNRANKED else rank, []).append(enterprise)
        return by_rank

    @property
    def ranked(self) -> list[int]:
        """The enterprises by rank, the best first."""
        return [enterprise for enterprises in self.ranks.values() for enterprise in enterprises]

    def names(self) -> dict[int, str]:
        return {result.supplier.enterprise: result.enterprise for result in self.results}


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that terms follow from."""

    settings: VolumeRules
    ratios: tuple[RatioRow, ...]
    cascades: tuple[CascadeRow, ...]
    units: Mapping[str, Unit]
    items: tuple[CatalogItem, ...]
    classes: Mapping[int, RatioClass]
    conversions: Mapping[int, tuple[int, Decimal]]

    @property
    def book(self) -> RuleBook:
        return book_of(self.settings, self.ratios, self.cascades)

    def coefficient(self, item: int) -> Decimal:
        """How many smallest units of its main specification one of the item counts for in sums."""
        return self.conversions.get(item, (item, ONE))[1]

    def facts(self, item: CatalogItem) -> Facts:
        unit = self.units[item.competition_unit]
        own = [result for result in unit.results if result.item_id == item.pk]
        cuts = {result.cut for result in own if result.cut is not None}
        highest = max((r.cut for r in unit.results if r.cut is not None), default=None)
        cut = max(cuts, default=None)
        main, coefficient = self.conversions.get(item.pk, (item.pk, ONE))
        to_primary = not own and self.settings.unselected == Unselected.PRIMARY
        return Facts(
            rule=unit.rule,
            ratio_class=self.classes.get(item.pk, unit.ratio_class),
            winners=unit.winners,
            is_selected=bool(own),
            is_highest_cut=cut is not None and cut == highest,
            cut=cut,
            pack=item.pack_quantity,
            linear=unit.linear,
            to_primary=to_primary and unit.rule in TO_PRIMARY,
            lowest_cut=min(cuts, default=None),
            main=main,
            coefficient=coefficient,
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
    """Seven statements, whatever the catalogue holds."""
    settings = VolumeRules.objects.filter(project=project).first() or default_rules(project)
    ratios = list(RatioRow.objects.filter(project=project).order_by("first"))
    cascades = list(CascadeRow.objects.filter(project=project).order_by("winners"))
    rows = CatalogItem.objects.filter(project=project).order_by("position", "item_code")
    items = tuple(rows.select_related("conversion", "ratio_rule"))
    return Rules(
        settings=settings,
        ratios=tuple(ratios or default_ratios(project)),
        cascades=tuple(cascades or default_cascades(project)),
        units=_units(project, settings, items),
        items=items,
        classes=_classes(items),
        conversions=_conversions(items),
    )


def _classes(items: Iterable[CatalogItem]) -> dict[int, RatioClass]:
    own: list[ItemRule] = [item.ratio_rule for item in items if hasattr(item, "ratio_rule")]
    return {row.item_id: RatioClass(row.ratio_class) for row in own}


def _conversions(items: Iterable[CatalogItem]) -> dict[int, tuple[int, Decimal]]:
    own: list[Conversion] = [item.conversion for item in items if hasattr(item, "conversion")]
    return {row.item_id: (row.main_id, row.coefficient) for row in own}


def _units(
    project: Project, settings: VolumeRules, items: Sequence[CatalogItem]
) -> dict[str, Unit]:
    own = {row.competition_unit: row for row in UnitRule.objects.filter(project=project)}
    by_item = {item.pk: item.competition_unit for item in items}
    results: dict[str, list[Result]] = defaultdict(list)
    for result in results_of(project):
        results[by_item[result.item_id]].append(result)
    names = dict.fromkeys(item.competition_unit for item in items)
    return {name: unit_of(name, settings, own.get(name), results[name]) for name in names}


def results_of(project: Project) -> list[Result]:
    """The winning results in the order of the catalogue; two statements."""
    products = list(products_of(project).select_related("enterprise").with_terms())
    return [
        Result(supplier, product.enterprise.name, product.rank, product.cut, product.pk)
        for supplier, product in zip(suppliers_of(project, products), products, strict=True)
    ]


def unit_of(
    name: str, settings: VolumeRules, own: UnitRule | None, results: Iterable[Result]
) -> Unit:
    bids = tuple(results)
    own_sharing = own.sharing if own else ""
    return Unit(
        name=name,
        rule=Rule(own.rule if own and own.rule else settings.rule),
        own_rule=own.rule if own else "",
        ratio_class=RatioClass(own.ratio_class) if own else RatioClass.NORMAL,
        counted=len({result.supplier.enterprise for result in bids}),
        given=own.winners if own else None,
        results=bids,
        own_sharing=own_sharing,
        sharing=Sharing(own_sharing or settings.sharing),
        linear=_linear(own) if own and own.linear_minimum is not None else None,
    )


def _linear(figures: VolumeRules | UnitRule) -> LinearRule:
    return LinearRule(*(getattr(figures, name) for name in LINEAR))


def book_of(
    settings: VolumeRules, ratios: Iterable[RatioRow], cascades: Iterable[CascadeRow]
) -> RuleBook:
    return RuleBook(
        rule=Rule(settings.rule),
        rounding=RoundingMode(settings.rounding),
        group_ratio=Fraction(settings.group_ratio),
        group_keep=Fraction(settings.group_keep),
        group_fixed=Fraction(settings.group_fixed),
        linear=_linear(settings),
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


def all_terms(rules: Rules, book: RuleBook | None = None) -> tuple[dict[int, Terms], list[str]]:
    """By item its terms, and a clause for each that the rules leave open."""
    book = book or rules.book
    terms, gaps = {}, []
    for item in rules.items:
        try:
            terms[item.pk] = terms_of(rules.facts(item), book)
        except RuleGap as gap:
            gaps.append(f"{item.item_code} {item.variety}（{item.competition_unit}）：{gap}")
    return terms, gaps
