"""Who supplies a province, and whose a quantity is where several won the same item (rules R8 and §2). Pure.

Invariant: a quantity has one holder or none: the only winner that supplies the province, or its only primary supplier.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Value

from apps.projects.models import (
    PrimaryProvince,
    Project,
    SupplyProvince,
    SupplyRank,
    WinningProduct,
)
from apps.projects.models.catalogue import WinningProductQuerySet

Paths = Mapping[int, frozenset[str]]


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


def suppliers_of(
    project: Project, products: Sequence[WinningProduct] | None = None
) -> list[Supplier]:
    """Every winner of a project in the order of its catalogue; two statements, or one with `products` read."""
    supplied, primary = _places(project)
    rows: Iterable[WinningProduct] = products_of(project) if products is None else products
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
        for product in rows
    ]


def products_of(project: Project) -> WinningProductQuerySet:
    """The winning products with their items, in the order of the catalogue."""
    products: WinningProductQuerySet = WinningProduct.objects.filter(project=project)
    return products.select_related("item").order_by("item__position", "item__item_code", "pk")


def _places(project: Project) -> tuple[Paths, Paths]:
    """By product where it is supplied and where it is the primary supplier; one statement."""
    by_kind: tuple[dict[int, set[str]], dict[int, set[str]]] = {}, {}
    supplied = SupplyProvince.objects.filter(product__project=project)
    primary = PrimaryProvince.objects.filter(product__project=project)
    names = "product_id", "province__path"
    both = supplied.values_list(*names, Value(0)).union(
        primary.values_list(*names, Value(1)), all=True
    )
    for product, path, kind in both:
        by_kind[kind].setdefault(product, set()).add(path)
    whole, own = ({pk: frozenset(paths) for pk, paths in places.items()} for places in by_kind)
    return whole, own
