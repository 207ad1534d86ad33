"""A package as it is judged: what it wants of each item, against last year, and who wants most of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.projects.models import CatalogItem
from apps.reporting.domain.packages.sql import Wanted, items_of, most_of
from apps.reporting.domain.rates import Baseline, percent, rate, rate_in_words
from apps.review.models import Filing

LARGEST = 3


@dataclass(frozen=True, slots=True)
class PackageItem:
    """One item in its own smallest units; `amount` in yuan and fen, `None` without a price."""

    item: CatalogItem
    quantity: int
    baseline: Baseline
    amount: Decimal | None
    institutions: int

    @property
    def change(self) -> str:
        """`+12.5%`, or 新增."""
        return rate_in_words(self.quantity, self.baseline)

    @property
    def percent(self) -> Decimal | None:
        return percent(self.quantity, self.baseline)

    @property
    def weight(self) -> Fraction:
        """How far it is from last year either way, in parts of it; what is new counts as doubled."""
        if self.baseline.total == 0:
            return Fraction(1 if self.quantity else 0)
        return abs(rate(self.quantity, self.baseline))


def package_items(filing: Filing) -> list[PackageItem]:
    """In the order of the catalogue, without items of which nothing is wanted and none was bought; two statements."""
    held = {total.item: total for total in items_of(filing.pk)}
    years = len(filing.project.baseline_years) or 1
    catalogue = CatalogItem.objects.filter(project=filing.project_id, pk__in=held)
    items = (
        PackageItem(
            item,
            held[item.pk].quantity,
            Baseline(held[item.pk].previous, years),
            held[item.pk].amount,
            held[item.pk].institutions,
        )
        for item in catalogue.order_by("position", "pk")
    )
    return [item for item in items if item.quantity or item.baseline.total]


def largest(filing: Filing, items: Sequence[PackageItem]) -> Mapping[int, Sequence[Wanted]]:
    """By item, the units right below that want most of it; one statement for a page of items."""
    by_item: dict[int, list[Wanted]] = {}
    for contribution in most_of(filing.pk, [item.item.pk for item in items], number=LARGEST):
        by_item.setdefault(contribution.item, []).append(contribution)
    return by_item
