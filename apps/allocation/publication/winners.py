"""The winning products of a project with their terms and the provinces they supply, in three statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.allocation.designation import Offer
from apps.allocation.engine import Row
from apps.projects.models import Project, SupplyProvince, WinningProduct, WinningTerms


@dataclass(frozen=True, slots=True)
class Winner:
    """One winning product. `provinces` are paths; `None` supplies all. `capacity` in smallest units."""

    product_id: int
    item_id: int
    name: str
    product_group: str
    competition_unit: str
    offer: Offer
    capacity: int | None
    provinces: frozenset[str] | None

    @property
    def enterprise_id(self) -> int:
        return int(self.offer.enterprise)

    def supplies(self, province: str) -> bool:
        return self.provinces is None or province in self.provinces


def load_winners(project: Project) -> list[Winner]:
    """Every winner that has terms; one without refuses publication on the project's own side."""
    products = WinningProduct.objects.filter(project=project).select_related("item", "enterprise")
    terms = {
        each.product_id: each
        for each in WinningTerms.objects.filter(product__project=project).current()
    }
    provinces = _supplies(project)
    return [
        _winner(product, terms[product.pk], provinces.get(product.pk))
        for product in products.order_by("item__position", "pk")
        if product.pk in terms
    ]


def top_of_units(winners: Sequence[Winner]) -> list[int]:
    """The items with the highest cut of their competition unit, all of a tie: they keep everything (rules §3a.2)."""
    best: dict[str, Winner] = {}
    for winner in winners:
        held = best.setdefault(winner.competition_unit, winner)
        if winner.offer.cut > held.offer.cut:
            best[winner.competition_unit] = winner
    return [
        winner.item_id
        for winner in winners
        if winner.offer.cut == best[winner.competition_unit].offer.cut
    ]


def by_group(winners: Iterable[Winner]) -> dict[str, list[Winner]]:
    groups: dict[str, list[Winner]] = {}
    for winner in winners:
        groups.setdefault(winner.product_group, []).append(winner)
    return groups


def _supplies(project: Project) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    rows = SupplyProvince.objects.filter(product__project=project)
    for product_id, path in rows.values_list("product_id", "province__path"):
        found.setdefault(product_id, set()).add(path)
    return {product_id: frozenset(paths) for product_id, paths in found.items()}


def _winner(
    product: WinningProduct, terms: WinningTerms, provinces: frozenset[str] | None
) -> Winner:
    row = Row(terms.daily_usage, terms.pack, terms.price, contract=None)
    return Winner(
        product_id=product.pk,
        item_id=product.item_id,
        name=f"{product.enterprise.name} {product.item}",
        product_group=product.item.product_group,
        competition_unit=product.item.competition_unit,
        offer=Offer(product.enterprise_id, row, terms.cut),
        capacity=product.capacity,
        provinces=provinces,
    )
