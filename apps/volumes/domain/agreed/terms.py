"""Terms as rows and back, the bases of a version item by item, and what they come to before writing."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from apps.projects.models import RoundingMode
from apps.volumes.domain.agreed.calculating import Facts, Terms, Volumes, volumes_of
from apps.volumes.domain.agreed.keeping import Keepers, terms_there
from apps.volumes.models import (
    AgreedTerms,
    AgreedVersion,
    BaseQuantity,
    BaseVersion,
    RatioClass,
    Rule,
)

PLACES = Decimal(1).scaleb(-12)


@dataclass(frozen=True, slots=True)
class Bases:
    """Of one version: by item the base of each province, in smallest units of the item; `paths` of the provinces."""

    by_province: Mapping[int, Mapping[int, int]]
    paths: Mapping[int, str]
    names: Mapping[str, str]

    def national(self, item: int) -> int:
        return sum(self.by_province.get(item, {}).values())

    def kept_in(self, item: int, terms: Terms, keepers: Keepers) -> Collection[int]:
        """The provinces in which somebody keeps the item; ranks (R6) keep everywhere."""
        if terms.rule == Rule.CASCADE:
            return self.paths.keys()
        return {pk for pk, path in self.paths.items() if (item, path) in keepers}


def bases_of(version: BaseVersion) -> Bases:
    """One statement: provinces × items rows, some thousands nationally."""
    quantities: dict[int, dict[int, int]] = defaultdict(dict)
    paths, names = {}, {}
    rows = BaseQuantity.objects.filter(version=version)
    for item, province, quantity, path, name in rows.values_list(
        "item_id", "filing_id", "quantity", "filing__path", "filing__organization__name"
    ):
        quantities[item][province] = quantity
        paths[province], names[path] = path, name
    return Bases(quantities, paths, names)


def row_of(version: AgreedVersion, item: int, terms: Terms) -> AgreedTerms:
    facts = terms.facts
    return AgreedTerms(
        version=version,
        item_id=item,
        main_id=facts.main or item,
        coefficient=facts.coefficient,
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
        to_primary=not row.is_selected and row.kept_share > 0 and row.rule != Rule.CASCADE,
        main=row.main_id,
        coefficient=row.coefficient,
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
        quotient = (Decimal(share.numerator) / share.denominator).quantize(PLACES)
    if Fraction(quotient) != share:
        raise ValueError(f"{share} has more than twelve decimals")
    return quotient


def volumes_by_province(
    bases: Bases, terms: Mapping[int, Terms], keepers: Keepers
) -> dict[tuple[int, int], Volumes]:
    """By (province, item) what every province comes to as a whole.

    R2, which splits rows, is left out; so are those whose kept part leaves remainders row by row (ranks, other
    specifications).
    """
    whole = {(item, path) for (item, path), portion in keepers.items() if portion.taken == 1}
    volumes: dict[tuple[int, int], Volumes] = {}
    for item, own in terms.items():
        if not own.facts.winners or own.is_per_institution or own.rule == Rule.CASCADE:
            continue
        for province, base in bases.by_province.get(item, {}).items():
            place = (item, bases.paths[province])
            if base and (place in whole or place not in keepers):
                there = terms_there(own, keepers.get(place))
                volumes[province, item] = volumes_of(base, there, kept=place in whole)
    return volumes
