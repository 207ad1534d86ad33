"""R6 into every institution: the agreed volume of a competition unit among its ranked winners (rules §2).

Invariants: each institution's row sums to its agreed volume, each rank to its published share, at every level of the
tree within one unit of its exact part (`reporting.rank_shares`). Items that count alike in sums are shared together:
a unit with several coefficients is shared for each of them, since only whole units change hands.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from apps.projects.models import CatalogItem
from apps.reporting.rank_shares import share_out
from apps.reporting.statements import rows
from apps.scope.planning import copy_rows
from apps.volumes.calculating import Terms, shares_of_ranks
from apps.volumes.keeping import Portion, best_portion
from apps.volumes.models import AgreedVersion, Rule, WinnerShare
from apps.volumes.rulebook import Rules, Unit
from apps.volumes.statements import RANKED, TO_RANK


@dataclass(frozen=True, slots=True)
class Held:
    """What an institution has of one item of the unit, in the item's smallest units."""

    path: str
    filing: int
    item: int
    agreed: int


def write_ranks(version: AgreedVersion, rules: Rules, terms: Mapping[int, Terms]) -> None:
    """The national shares of every ranked unit, and what each institution takes of whose product."""
    book, shares = rules.book, []
    for unit, items in _ranked(rules, terms).items():
        totals: dict[int, Decimal] = defaultdict(Decimal)
        for coefficient, group in _alike(rules, items).items():
            held = _held(version, [item.pk for item in group])
            whole = shares_of_ranks(sum(row.agreed for row in held), unit.winners, book)
            for rank, quantity in enumerate(whole, 1):
                totals[rank] += quantity * coefficient
            _write(version, held, _parts(held, whole, unit, rules))
        shares += _shares(version, unit, totals)
    WinnerShare.objects.bulk_create(shares)


def _ranked(rules: Rules, terms: Mapping[int, Terms]) -> dict[Unit, list[CatalogItem]]:
    found: dict[str, list[CatalogItem]] = defaultdict(list)
    for item in rules.items:
        own = terms.get(item.pk)
        if own is not None and own.rule == Rule.CASCADE and own.facts.winners:
            found[item.competition_unit].append(item)
    return {rules.units[name]: items for name, items in found.items()}


def _alike(rules: Rules, items: Sequence[CatalogItem]) -> dict[Decimal, list[CatalogItem]]:
    """The items by how much one of their units counts, the largest first."""
    found: dict[Decimal, list[CatalogItem]] = defaultdict(list)
    for item in sorted(items, key=lambda each: -rules.coefficient(each.pk)):
        found[rules.coefficient(item.pk)].append(item)
    return found


def _held(version: AgreedVersion, items: Sequence[int]) -> list[Held]:
    found = rows(TO_RANK, {"version": version.pk, "items": list(items)})
    return [Held(*row) for row in found]


def _shares(
    version: AgreedVersion, unit: Unit, totals: Mapping[int, Decimal]
) -> Iterator[WinnerShare]:
    enterprises = dict(enumerate(unit.ranked, 1))
    for rank in sorted(totals):
        yield WinnerShare(
            version=version,
            competition_unit=unit.name,
            rank=rank,
            enterprise_id=enterprises.get(rank),
            quantity=totals[rank],
        )


def _parts(
    held: Sequence[Held], whole: Sequence[int], unit: Unit, rules: Rules
) -> Iterator[list[tuple[Portion, int]]]:
    """For each row the portions that it takes, `taken` in units of its item; what fits in none is left out."""
    enterprises = unit.ranked
    products = [
        [result.supplier for result in unit.results if result.supplier.enterprise == enterprise]
        for enterprise in enterprises
    ]

    @cache
    def portions(item: int) -> list[Portion | None]:
        return [best_portion(item, own, rules) for own in products]

    for row, taken in zip(
        held, share_out([(row.path, row.agreed) for row in held], whole), strict=True
    ):
        yield [
            (portion, quantity - quantity % portion.taken)
            for portion, quantity in zip(portions(row.item), taken, strict=False)
            if portion is not None and quantity >= portion.taken
        ]


def _write(
    version: AgreedVersion, held: Sequence[Held], parts: Iterator[list[tuple[Portion, int]]]
) -> None:
    copy_rows(
        RANKED,
        (
            (
                *(version.pk, row.filing, row.item, portion.won, portion.enterprise),
                *(taken, taken // portion.taken * portion.given),
            )
            for row, own in zip(held, parts, strict=True)
            for portion, taken in own
        ),
    )
