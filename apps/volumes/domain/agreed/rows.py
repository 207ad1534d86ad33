"""The agreed volumes of one unit as rows: what it has of each item and the terms that they follow from. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from apps.organizations.models import Enterprise
from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.volumes.domain import sql
from apps.volumes.domain.agreed.steps import Kept
from apps.volumes.domain.sql import Confirmed
from apps.volumes.models import AgreedQuantity, AgreedTerms, AgreedVersion


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One item of a unit. Without a base nothing is held; without a winner in its unit nothing is agreed."""

    item: CatalogItem
    terms: AgreedTerms
    held: AgreedQuantity

    @property
    def pk(self) -> int:
        return int(self.item.pk)

    @property
    def converted(self) -> Decimal:
        """The agreed volume in units of the main specification, for sums."""
        return self.held.agreed * self.terms.coefficient

    def __str__(self) -> str:
        return str(self.item)


def agreed_rows(version: AgreedVersion, filing: Filing) -> list[AgreedRow]:
    """Two statements; a bureau sees every item, an institution those that it reported."""
    terms = AgreedTerms.objects.filter(version=version).select_related("item", "main")
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
    held: AgreedQuantity | None = AgreedQuantity.objects.filter(
        version=version, filing=filing, item=item
    ).first()
    return held or _nothing(item.pk)


def kept_of(
    version: AgreedVersion, filing: Filing, item: CatalogItem, ranks: Mapping[int, int]
) -> list[Kept]:
    """Whose the kept part of an item of a unit is; of the nation the sum over its provinces. Two statements.

    `ranks`: by enterprise, where ranks decide; the best comes first.
    """
    confirmed = confirmed_of(version, filing, item)
    won = CatalogItem.objects.in_bulk({row.won for row in confirmed})
    names = dict(
        Enterprise.objects.filter(pk__in={row.enterprise for row in confirmed}).values_list(
            "pk", "name"
        )
    )
    kept = [
        Kept(
            names[row.enterprise],
            row.taken,
            row.quantity,
            *_given_as(won[row.won], item),
            rank=ranks.get(row.enterprise, 0),
        )
        for row in confirmed
    ]
    return sorted(kept, key=lambda share: share.rank)


def _given_as(won: CatalogItem, item: CatalogItem) -> tuple[str, str, str]:
    """Blank where the enterprise won the item itself."""
    return ("", "", "") if won.pk == item.pk else (won.item_code, won.specification, won.unit)


def confirmed_of(version: AgreedVersion, filing: Filing, item: CatalogItem) -> list[Confirmed]:
    """By winner, the largest first."""
    return sql.confirmed_of_item(version.pk, filing=filing.pk, is_root=filing.is_root, item=item.pk)


def quantities_below(version: AgreedVersion, filing: Filing) -> QuerySet[AgreedQuantity]:
    """Of the units right below a bureau: found by the parent's index, then by primary key."""
    rows: QuerySet[AgreedQuantity] = AgreedQuantity.objects.filter(
        version=version, filing__parent=filing
    )
    return rows
