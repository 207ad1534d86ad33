"""Agreements with everything that their pages and files show."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from apps.distribution.models import Agreement
from apps.distribution.models.wording import Product
from apps.projects.domain.packs import packs_in_words

CHUNK = 200


def whole(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """With the parties as they are called now."""
    return rows.select_related("institution", "manufacturer", "carrier", "project")


def with_packs(agreement: Agreement) -> list[tuple[Product, str]]:
    """Each product with the packs to order of it, by the rule of the project."""
    return [
        (
            product,
            packs_in_words(
                product.quantity,
                pack=product.pack,
                unit=product.unit,
                rule=agreement.project.pack_rounding,
            ),
        )
        for product in agreement.said.products
    ]


def documents(ids: Sequence[int]) -> Iterator[Agreement]:
    """The agreements in the order of the ids, read in portions; those out of scope are left out."""
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        rows = whole(Agreement.objects.filter(pk__in=part)).in_bulk()
        yield from (rows[pk] for pk in part if pk in rows)
