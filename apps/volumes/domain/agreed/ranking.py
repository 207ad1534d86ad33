"""R6 into every institution: the agreed volume of a competition unit among its ranked winners (rules §2).

Invariants: each institution's row sums to its agreed volume, each rank to its published share, at every level of the
tree within one unit of its exact part (`reporting.rank_shares`). A unit's shares are rounded
once, in units of the main specification; items that count alike in sums are then shared together, since only whole
units change hands.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from apps.reporting.domain.rank_shares import share_out
from apps.volumes.domain import sql
from apps.volumes.domain.agreed.calculating import RuleBook, Terms, shares_of_ranks
from apps.volumes.domain.agreed.keeping import Portion, best_portion
from apps.volumes.domain.rules.rulebook import Rules, Unit
from apps.volumes.models import AgreedVersion, Rule, WinnerShare


@dataclass(frozen=True, slots=True)
class Together:
    """Items of a competition unit that count alike in sums: their quantities are shared among its ranks together."""

    unit: Unit
    coefficient: Decimal
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What an institution has of one item, in the item's smallest units."""

    path: str
    filing: int
    item: int
    agreed: int


def write_ranks(version: AgreedVersion, rules: Rules, terms: Mapping[int, Terms]) -> None:
    """The national shares of every ranked unit, and what each institution takes of whose product.

    Every row is read once; what is shared together is held in memory at a time.
    """
    groups = list(_groups(rules, terms))
    totals: dict[Unit, dict[int, Decimal]] = {group.unit: defaultdict(Decimal) for group in groups}
    dealt = _dealt(version, groups, rules.book)
    for group, held in _held(version, groups):
        whole = dealt[group]
        portions, left = _portions(group, rules), [0] * len(whole)
        sql.write_ranks(_shared(version, held, whole, portions, left))
        for rank, (quantity, rest) in enumerate(zip(whole, left, strict=True), 1):
            totals[group.unit][rank] += (quantity - rest) * group.coefficient
    WinnerShare.objects.bulk_create(
        share for unit, held in totals.items() for share in _shares(version, unit, held)
    )


def _dealt(
    version: AgreedVersion, groups: Sequence[Together], book: RuleBook
) -> dict[Together, list[int]]:
    """Whole volumes by rank of everything that is shared together; one statement."""
    volumes = sql.volumes_to_rank(version.pk, **_turns(groups))
    shares_of: dict[Together, list[int]] = {}
    for unit, turns in groupby(range(len(groups)), key=lambda turn: groups[turn].unit):
        own = list(turns)
        classes = [(Fraction(groups[turn].coefficient), volumes.get(turn, 0)) for turn in own]
        whole = shares_of_ranks(classes, unit.winners, book)
        shares_of |= {groups[turn]: shares for turn, shares in zip(own, whole, strict=True)}
    return shares_of


def _groups(rules: Rules, terms: Mapping[int, Terms]) -> Iterator[Together]:
    """Unit by unit, the largest coefficient first."""
    together: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
    for item in rules.items:
        own = terms.get(item.pk)
        if own is not None and own.rule == Rule.CASCADE and own.facts.winners:
            together[item.competition_unit, rules.coefficient(item.pk)].append(item.pk)
    for (name, coefficient), items in sorted(
        together.items(), key=lambda pair: (pair[0][0], -pair[0][1])
    ):
        yield Together(rules.units[name], coefficient, tuple(items))


def _shared(
    version: AgreedVersion,
    held: Sequence[Held],
    whole: Sequence[int],
    portions: Mapping[int, Sequence[Portion | None]],
    left: list[int],
) -> Iterator[tuple[int, ...]]:
    """Rows of `RankQuantity`; what does not fit into whole units of a product is pending, and added to `left`."""
    parts = share_out([(row.path, row.agreed) for row in held], whole)
    for row, taken in zip(held, parts, strict=True):
        for rank, (portion, quantity) in enumerate(zip(portions[row.item], taken, strict=False)):
            if portion is None:
                continue
            times, rest = divmod(quantity, portion.taken)
            left[rank] += rest
            if times:
                won = (
                    portion.won,
                    portion.enterprise,
                    times * portion.taken,
                    times * portion.given,
                )
                yield (version.pk, row.filing, row.item, *won)


def _held(
    version: AgreedVersion, groups: Sequence[Together]
) -> Iterator[tuple[Together, list[Held]]]:
    rows = sql.to_rank(version.pk, **_turns(groups))
    for turn, group in groupby(rows, key=itemgetter(0)):
        yield groups[turn], [Held(*row[1:]) for row in group]


def _turns(groups: Sequence[Together]) -> dict[str, list[int]]:
    """The items that are shared together, each beside the number of its group."""
    turns = [(item, turn) for turn, group in enumerate(groups) for item in group.items]
    return {"items": [item for item, _turn in turns], "turns": [turn for _item, turn in turns]}


def _portions(group: Together, rules: Rules) -> dict[int, list[Portion | None]]:
    """By item what each rank gives for it, best rank first; None where no whole units fit."""
    products = [
        [
            result.supplier
            for result in group.unit.results
            if result.supplier.enterprise == enterprise
        ]
        for enterprise in group.unit.ranked
    ]
    return {item: [best_portion(item, own, rules) for own in products] for item in group.items}


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
