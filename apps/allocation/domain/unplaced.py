"""未能分配: what found no product with capacity left, by item and by institution (rules §3a.10). Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.allocation.models import AllocationRow
from apps.projects.models import CatalogItem, Project
from apps.review.domain.labels import status_text
from apps.scope.paths import in_subtree


@dataclass(frozen=True, slots=True)
class UnplacedItem:
    """One item: how much of it was not placed, in its smallest units, in how many institutions."""

    item: CatalogItem
    unplaced: int
    institutions: int

    @property
    def pk(self) -> int:
        return int(self.item.pk)


def unplaced_rows(project: Project, path: str) -> QuerySet[AllocationRow]:
    """The rows of a subtree with something left over; read from an index of their own."""
    rows: QuerySet[AllocationRow] = AllocationRow.objects.of_project(project).filter(
        in_subtree(path), Q(unplaced__gt=0) | Q(kept_unplaced__gt=0)
    )
    return rows


LEFT = F("unplaced") + F("kept_unplaced")
"""Of a row: what found no product, chosen or confirmed."""


def with_units(rows: QuerySet[Any]) -> QuerySet[Any]:
    """As the list by institution shows them."""
    named = rows.select_related("item", "organization__division", "filing")
    return named.order_by("path", "item__position", "pk")


def by_item(rows: QuerySet[Any]) -> list[UnplacedItem]:
    """Two statements; in the order of the catalogue."""
    sums = {
        item: (total, institutions)
        for item, total, institutions in rows.order_by()
        .values_list("item_id")
        .annotate(left=Sum(LEFT), units=Count("organization", distinct=True))
    }
    items = CatalogItem.objects.filter(pk__in=list(sums)).order_by("position", "pk")
    return [UnplacedItem(item, *sums[item.pk]) for item in items]


def item_records(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    for item in by_item(rows):
        yield {
            **_item(item.item),
            "unplaced": item.unplaced,
            "institutions": item.institutions,
        }


def unit_records(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    for row in with_units(rows).iterator(chunk_size=2_000):
        yield {
            **_item(row.item),
            "code": row.organization.code,
            "name": row.organization.name,
            "region": row.organization.division.name if row.organization.division else "",
            "pending": row.pending,
            "unplaced": row.all_unplaced,
            "status": status_text(row.filing) if row.filing else "",
        }


def _item(item: CatalogItem) -> dict[str, Any]:
    names = ("variety", "item_code", "specification", "unified_code", "product_group", "unit")
    return {name: getattr(item, name) for name in names}
