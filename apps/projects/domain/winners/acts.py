"""Writing checked winning results; terms are never updated, a change is a new version.

Invariant: the caller holds the project's lock and has checked that its results may still change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from apps.organizations.models import Enterprise
from apps.projects.models import (
    CatalogItem,
    PrimaryProvince,
    Project,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)


@dataclass(frozen=True, slots=True)
class WinnerChange:
    """A winning result to be written. `existing` is its product, if the enterprise has won the item before."""

    code: str
    uscc: str
    enterprise: str
    rank: int | None
    capacity: int | None
    supply_rank: str
    terms: Mapping[str, Any]
    provinces: tuple[int, ...]
    primaries: tuple[int, ...]
    existing: WinningProduct | None = None


def terms_differ(change: WinnerChange) -> bool:
    """Whether a new version of the terms is due."""
    product: Any = change.existing
    if product is None:
        return any(value is not None for value in change.terms.values())
    return any(getattr(product, name) != value for name, value in change.terms.items())


BATCH = 2_000
MOVED = ("rank", "capacity", "supply_rank")


def write_winners(project: Project, changes: Sequence[WinnerChange]) -> None:
    """New and changed results with their enterprises, terms and provinces; a constant number of statements."""
    if not changes:
        return
    enterprises = _enterprises(changes)
    items = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    products = [
        change.existing
        or WinningProduct(
            project=project, item_id=items[change.code], enterprise_id=enterprises[change.uscc]
        )
        for change in changes
    ]
    for change, product in zip(changes, products, strict=True):
        for name in MOVED:
            setattr(product, name, getattr(change, name))
    WinningProduct.objects.bulk_create(
        (product for product in products if product.pk is None), batch_size=BATCH
    )
    known = [change.existing for change in changes if change.existing]
    WinningProduct.objects.bulk_update(known, MOVED, batch_size=BATCH)
    _write_terms(changes, products)
    _write_provinces(SupplyProvince, [change.provinces for change in changes], products)
    _write_provinces(PrimaryProvince, [change.primaries for change in changes], products)


def _enterprises(changes: Sequence[WinnerChange]) -> dict[str, int]:
    """Ids by code; what is not registered yet is registered under the name in the file."""
    named = {change.uscc: change.enterprise for change in changes}
    Enterprise.objects.bulk_create(
        (Enterprise.named(uscc, name) for uscc, name in named.items()), ignore_conflicts=True
    )
    return dict(Enterprise.objects.filter(uscc__in=named).values_list("uscc", "pk"))


def _write_terms(changes: Sequence[WinnerChange], products: Sequence[WinningProduct]) -> None:
    due = [
        (change, product)
        for change, product in zip(changes, products, strict=True)
        if terms_differ(change)
    ]
    versions: dict[int, int] = dict(
        WinningTerms.objects.filter(product__in=[product for _, product in due])
        .values_list("product_id")
        .annotate(last=Max("version"))
    )
    WinningTerms.objects.bulk_create(
        (
            WinningTerms(product=product, version=versions.get(product.pk, 0) + 1, **change.terms)
            for change, product in due
        ),
        batch_size=BATCH,
    )


def _write_provinces(
    model: type[SupplyProvince] | type[PrimaryProvince],
    wanted: Sequence[Sequence[int]],
    products: Sequence[WinningProduct],
) -> None:
    held: dict[int, set[int]] = {}
    rows = model.objects.filter(product__in=products)
    for product, province in rows.values_list("product_id", "province_id"):
        held.setdefault(product, set()).add(province)
    moved = [
        (product, provinces)
        for product, provinces in zip(products, wanted, strict=True)
        if held.get(product.pk, set()) != set(provinces)
    ]
    model.objects.filter(product__in=[product for product, _ in moved]).delete()
    made: list[Any] = [
        model(product=product, province_id=province)
        for product, provinces in moved
        for province in provinces
    ]
    model.objects.bulk_create(made, batch_size=BATCH)
