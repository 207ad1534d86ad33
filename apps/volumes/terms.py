"""Terms as rows and back, the bases of a version by main specification, and what they come to before writing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from apps.projects.models import RoundingMode

from .calculating import Facts, Terms, Volumes, volumes_of
from .models import AgreedTerms, AgreedVersion, BaseQuantity, BaseVersion, RatioClass, Rule

PLACES = Decimal(1).scaleb(-12)


@dataclass(frozen=True, slots=True)
class Bases:
    """Of one version: by main specification the base of each province, and the items folded into it."""

    by_province: Mapping[int, Mapping[int, Decimal]]
    folded: Mapping[int, frozenset[int]]

    def national(self, main: int) -> Decimal:
        return sum(self.by_province[main].values(), Decimal(0))


def bases_of(version: BaseVersion) -> Bases:
    """One statement: provinces × items rows, some thousands nationally."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    folded: dict[int, set[int]] = defaultdict(set)
    rows = BaseQuantity.objects.filter(version=version)
    for main, item, province, converted in rows.values_list(
        "main_id", "item_id", "filing_id", "converted"
    ):
        held = found[main]
        held[province] = held.get(province, Decimal(0)) + converted
        folded[main].add(item)
    return Bases(found, {main: frozenset(items) for main, items in folded.items()})


def row_of(version: AgreedVersion, main: int, terms: Terms) -> AgreedTerms:
    facts = terms.facts
    return AgreedTerms(
        version=version,
        item_id=main,
        rule=facts.rule,
        ratio_class=facts.ratio_class,
        winners=facts.winners,
        is_selected=facts.is_selected,
        is_highest_cut=facts.is_highest_cut,
        cut=facts.cut,
        ratio=decimal_of(terms.ratio),
        kept_share=decimal_of(terms.kept_share),
        fixed_share=decimal_of(terms.fixed_share),
        rounding=terms.rounding,
        pack=facts.pack,
    )


def terms_of_row(row: AgreedTerms) -> Terms:
    facts = Facts(
        rule=Rule(row.rule),
        ratio_class=RatioClass(row.ratio_class),
        winners=row.winners,
        is_selected=row.is_selected,
        is_highest_cut=row.is_highest_cut,
        cut=row.cut,
        pack=row.pack,
    )
    return Terms(
        facts,
        RoundingMode(row.rounding),
        Fraction(row.ratio),
        Fraction(row.kept_share),
        Fraction(row.fixed_share),
    )


def decimal_of(share: Fraction) -> Decimal:
    """Exact: policies have four decimals, R4 multiplies two of them. Raises `ValueError` where digits would be lost."""
    with localcontext() as context:
        context.prec = 40
        found = (Decimal(share.numerator) / share.denominator).quantize(PLACES)
    if Fraction(found) != share:
        raise ValueError(f"{share} has more than twelve decimals")
    return found


def volumes_by_province(bases: Bases, terms: Mapping[int, Terms]) -> dict[tuple[int, int], Volumes]:
    """By (province, main) what every province comes to as a whole; R2, which splits rows, is left out."""
    return {
        (province, main): volumes_of(base, own)
        for main, own in terms.items()
        if own.facts.winners and not own.is_per_institution
        for province, base in bases.by_province[main].items()
        if base
    }
