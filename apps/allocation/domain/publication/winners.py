"""The winning products of a project with their terms and the provinces they supply, in six statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.allocation.domain.designation import Offer
from apps.allocation.engine import Row
from apps.projects.domain.supply import Supplier, holder, suppliers_of
from apps.projects.models import TERMS, Project, WinningProduct


@dataclass(frozen=True, slots=True)
class Winner:
    """One winning product with complete terms. `capacity` in smallest units, None unlimited."""

    product_id: int
    item_id: int
    name: str
    unit: str
    product_group: str
    competition_unit: str
    offer: Offer
    capacity: int | None
    supplier: Supplier

    @property
    def enterprise_id(self) -> int:
        return int(self.offer.enterprise)

    def supplies(self, province: str) -> bool:
        return self.supplier.supplies(province)


def load_winners(project: Project) -> list[Winner]:
    """Every winner whose terms are complete; one without refuses publication on the project's own side."""
    products = WinningProduct.objects.filter(project=project).with_terms()
    known = {product.pk: product for product in products.select_related("item", "enterprise")}
    return [
        _winner(product, supplier)
        for supplier in suppliers_of(project)
        if (product := known.get(supplier.product)) and is_complete(product)
    ]


def is_complete(product: Any) -> bool:
    """Whether nothing of the terms is still to come; `product` of `with_terms`."""
    return all(getattr(product, name) is not None for name in TERMS)


def holders(winners: Iterable[Winner], provinces: Iterable[str]) -> list[tuple[Winner, str]]:
    """Whose the confirmed quantity of an item is in each province; items that are left to choice have nobody."""
    paths = list(provinces)
    by_item: dict[int, dict[int, Winner]] = {}
    for winner in winners:
        by_item.setdefault(winner.item_id, {})[winner.product_id] = winner
    return [
        (won[held.product], path)
        for won in by_item.values()
        for path in paths
        if (held := holder([winner.supplier for winner in won.values()], path))
    ]


def top_of_units(winners: Sequence[Winner]) -> list[int]:
    """The products with the highest cut of their competition unit, all of a tie: they keep everything (rules §3a.2)."""
    best: dict[str, Winner] = {}
    for winner in winners:
        held = best.setdefault(winner.competition_unit, winner)
        if winner.offer.cut > held.offer.cut:
            best[winner.competition_unit] = winner
    return [
        winner.product_id
        for winner in winners
        if winner.offer.cut == best[winner.competition_unit].offer.cut
    ]


def by_group(winners: Iterable[Winner]) -> dict[str, list[Winner]]:
    groups: dict[str, list[Winner]] = {}
    for winner in winners:
        groups.setdefault(winner.product_group, []).append(winner)
    return groups


def _winner(product: Any, supplier: Supplier) -> Winner:
    row = Row(product.daily_usage, product.pack, product.price, contract=None)
    return Winner(
        product_id=product.pk,
        item_id=product.item_id,
        name=f"{product.enterprise.name} {product.item}",
        unit=product.item.unit,
        product_group=product.item.product_group,
        competition_unit=product.item.competition_unit,
        offer=Offer(product.enterprise_id, row, product.cut),
        capacity=product.capacity,
        supplier=supplier,
    )
