"""What a choice of products, places and distributors comes to, before it is written (遴选配送企业, S4-02).

Invariant: the page counts by the same `proposals` that are then written. Asks the enterprise's own relations only.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from apps.distribution.domain.relations.coverage import places_above
from apps.distribution.domain.relations.crowding import Proposal, meets
from apps.distribution.domain.relations.declared import Declared
from apps.distribution.models import DeliveryRelation
from apps.scope.paths import in_subtree, lineage

State = Literal["none", "part", "there", "new"]
WORDS: Mapping[State, str] = {"none": "缺", "part": "部分", "there": "已有", "new": "将新增"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was ticked: every product at every place by every distributor, narrowed by the two ticks."""

    products: Sequence[int]
    places: Sequence[str]
    carriers: Sequence[int]
    only_declared: bool = False
    only_missing: bool = False

    @property
    def number(self) -> int:
        return len(self.products) * len(self.places) * len(self.carriers)


@dataclass(frozen=True, slots=True)
class Cell:
    """One product at one place: who reaches it now, and how many would come."""

    there: int
    new: int
    state: State

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`new` would be written, `known` are there alive, `clashing` contain one another and let nothing be written."""

    new: int
    known: int
    clashing: int

    @property
    def new_text(self) -> str:
        return f"{self.new:,}"

    @property
    def known_in_words(self) -> str:
        return f"{self.known:,} 条原来已有" if self.known else ""

    @property
    def clash_in_words(self) -> str:
        """Why it can't be saved as it is."""
        said = f"其中 {self.clashing:,} 条与同一家企业的上级或下级地区重叠，不能保存"
        return said if self.clashing else ""


class Standing:
    """The enterprise's live relations of some products in one province, read once."""

    def __init__(self, enterprise_id: int | None, products: Collection[int], province: str) -> None:
        rows = DeliveryRelation.objects.of_manufacturer(enterprise_id).live()
        standing = rows.filter(in_subtree(province), product_id__in=products).order_by()
        self.live = {
            Proposal(*row) for row in standing.values_list("product_id", "distributor_id", "path")
        }
        self._at: dict[tuple[int, str], set[int]] = defaultdict(set)
        for made in self.live:
            self._at[made.product_id, made.path].add(made.distributor_id)
        self._above = {
            product: places_above(
                [relation.path for relation in self.live if relation.product_id == product]
            )
            for product in {relation.product_id for relation in self.live}
        }

    def reaching(self, product: int, place: str) -> set[int]:
        """The distributors chosen for the place or for what contains it."""
        return {one for above in lineage(place) for one in self._at.get((product, above), ())}

    def is_partly(self, product: int, place: str) -> bool:
        """Whether somebody was chosen for something within the place."""
        return place in self._above.get(product, ())


def proposals(wish: Wish, standing: Standing, declared: Declared) -> list[Proposal]:
    """What is to be written, in the order of products, places, distributors; what is there already among it."""
    places = {
        place: [c for c in wish.carriers if not wish.only_declared or declared.says(c, place)]
        for place in wish.places
    }
    return [
        Proposal(product, carrier, place)
        for product in wish.products
        for place in wish.places
        if not (wish.only_missing and standing.reaching(product, place))
        for carrier in places[place]
    ]


def outcome_of(wanted: Sequence[Proposal], standing: Standing) -> Outcome:
    """What writing these would come to."""
    known = sum(proposal in standing.live for proposal in wanted)
    places: dict[tuple[int, int], set[str]] = defaultdict(set)
    for proposal in (*wanted, *standing.live):
        places[proposal.product_id, proposal.distributor_id].add(proposal.path)
    clashing = sum(
        meets(proposal, places[proposal.product_id, proposal.distributor_id]) for proposal in wanted
    )
    return Outcome(len(wanted) - known, known, clashing)


def matrix(
    products: Sequence[int], places: Sequence[str], wanted: Sequence[Proposal], standing: Standing
) -> list[list[Cell]]:
    """For each product a row with a cell for each place: what is there, what is missing, what would come."""
    coming: dict[tuple[int, str], int] = defaultdict(int)
    for proposal in wanted:
        if proposal not in standing.live:
            coming[proposal.product_id, proposal.path] += 1
    return [
        [_cell(product, place, coming[product, place], standing) for place in places]
        for product in products
    ]


def _cell(product: int, place: str, new: int, standing: Standing) -> Cell:
    there = len(standing.reaching(product, place))
    state: State = "new" if new else "there" if there else "none"
    if state == "none" and standing.is_partly(product, place):
        state = "part"
    return Cell(there, new, state)
