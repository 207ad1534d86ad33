"""The agreed volumes of one unit as rows: what it has of each item and the terms that they follow from. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from apps.projects.models import CatalogItem
from apps.review.models import Filing

from .models import AgreedQuantity, AgreedTerms, AgreedVersion


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One main specification of a unit. Without a winner, or without a base, nothing is held."""

    item: CatalogItem
    terms: AgreedTerms
    held: AgreedQuantity

    @property
    def pk(self) -> int:
        return int(self.item.pk)

    def __str__(self) -> str:
        return str(self.item)


def agreed_rows(version: AgreedVersion, filing: Filing) -> list[AgreedRow]:
    """Two statements; a bureau sees every item, an institution those that it reported."""
    terms = AgreedTerms.objects.filter(version=version).select_related("item")
    held = {
        row.item_id: row for row in AgreedQuantity.objects.filter(version=version, filing=filing)
    }
    return [
        AgreedRow(row.item, row, held.get(row.item_id) or _nothing(row.item_id))
        for row in terms.order_by("item__position", "item__item_code")
        if row.item_id in held or not filing.is_institution
    ]


def agreed_rows_of_each(
    version: AgreedVersion, filings: Sequence[Filing]
) -> dict[int, list[AgreedRow]]:
    """The same of several bureaus, by filing: two statements however many they are."""
    terms = list(
        AgreedTerms.objects.filter(version=version)
        .select_related("item")
        .order_by("item__position", "item__item_code")
    )
    rows = AgreedQuantity.objects.filter(version=version, filing__in=filings)
    held = {(row.filing_id, row.item_id): row for row in rows}
    return {
        filing.pk: [
            AgreedRow(row.item, row, held.get((filing.pk, row.item_id)) or _nothing(row.item_id))
            for row in terms
        ]
        for filing in filings
    }


def _nothing(item: int) -> AgreedQuantity:
    return AgreedQuantity(item_id=item, base=Decimal(0), agreed=0, kept=0, pending=0, fixed=0)


def held_of(version: AgreedVersion, filing: Filing, item: CatalogItem) -> AgreedQuantity:
    found: AgreedQuantity | None = AgreedQuantity.objects.filter(
        version=version, filing=filing, item=item
    ).first()
    return found or _nothing(item.pk)


def quantities_below(version: AgreedVersion, filing: Filing) -> QuerySet[AgreedQuantity]:
    """Of the units right below a bureau: found by the parent's index, then by primary key."""
    rows: QuerySet[AgreedQuantity] = AgreedQuantity.objects.filter(
        version=version, filing__parent=filing
    )
    return rows
