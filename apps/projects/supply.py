"""Who supplies a province, and whose a quantity is where several won the same item (rules R8 and §2). Pure.

Invariant: a quantity has one holder or none: the only winner that supplies the province, or its only primary supplier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from .models import PrimaryProvince, Project, SupplyProvince, SupplyRank, WinningProduct


@dataclass(frozen=True, slots=True)
class Supplier:
    """A winning product and where it may be bought. Provinces are paths; `None` supplies all."""

    product: int
    enterprise: int
    item: int
    unit: str
    rank: SupplyRank = SupplyRank.PRIMARY
    provinces: frozenset[str] | None = None
    primaries: frozenset[str] = frozenset()

    def supplies(self, province: str) -> bool:
        return self.provinces is None or province in self.provinces

    def is_primary_in(self, province: str) -> bool:
        if not self.supplies(province):
            return False
        return province in self.primaries if self.primaries else self.rank == SupplyRank.PRIMARY


def holder(
    winners: Iterable[Supplier], province: str, *, by_choice: bool = False
) -> Supplier | None:
    """Who keeps what a province's institutions reported of an item; None leaves it to their choice.

    `winners`: all that won the item. `by_choice`: among several even the primary supplier has no claim.
    """
    here = [winner for winner in winners if winner.supplies(province)]
    if len(here) > 1 and not by_choice:
        here = [winner for winner in here if winner.is_primary_in(province)]
    return here[0] if len(here) == 1 else None


def primary_products(unit: Iterable[Supplier], province: str) -> list[Supplier]:
    """The products of a competition unit's only primary supplier in a province; none if it has none or several."""
    here = [winner for winner in unit if winner.is_primary_in(province)]
    return here if len({winner.enterprise for winner in here}) == 1 else []


def suppliers_of(project: Project) -> list[Supplier]:
    """Every winner of a project in the order of its catalogue; three statements."""
    supplied, primary = _paths(SupplyProvince, project), _paths(PrimaryProvince, project)
    products: QuerySet[WinningProduct] = (
        WinningProduct.objects.filter(project=project)
        .select_related("item")
        .order_by("item__position", "item__item_code", "pk")
    )
    return [
        Supplier(
            product=product.pk,
            enterprise=product.enterprise_id,
            item=product.item_id,
            unit=product.item.competition_unit,
            rank=SupplyRank(product.supply_rank),
            provinces=supplied.get(product.pk),
            primaries=primary.get(product.pk, frozenset()),
        )
        for product in products
    ]


def _paths(
    model: type[SupplyProvince] | type[PrimaryProvince], project: Project
) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    rows = model.objects.filter(product__project=project)
    for product, path in rows.values_list("product_id", "province__path"):
        found.setdefault(product, set()).add(path)
    return {product: frozenset(paths) for product, paths in found.items()}
