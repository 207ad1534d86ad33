"""Totals are written when a bureau submits and taken away when its package is given back."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.projects.models import CatalogItem
from apps.reporting.statements import run
from apps.review.models import Filing

from .climbing import FROZEN, Family, climb, forgetting


@dataclass(frozen=True)
class Prices:
    """What a smallest unit of each item costs, in whole `parts` of a yuan so that no quotient is rounded.

    `parts` is the least common multiple of the packs; the catalogue of a published project never changes.
    """

    parts: int
    weights: dict[int, Decimal]

    @property
    def values(self) -> dict[str, Any]:
        return {"items": list(self.weights), "weights": list(self.weights.values())}


def prices_of(project_id: int) -> Prices:
    """Of the items that have a reference price; one statement."""
    items = CatalogItem.objects.filter(project=project_id)
    return priced(items.values_list("pk", "reference_price", "pack_quantity"))


def priced(rows: Iterable[tuple[int, Decimal | None, int]]) -> Prices:
    """From ids, prices per pack and packs."""
    known = [(pk, price, pack) for pk, price, pack in rows if price is not None]
    parts = math.lcm(*(pack for _pk, _price, pack in known))
    return Prices(parts, {pk: price * (parts // pack) for pk, price, pack in known})


def freeze_totals(filings: Sequence[Filing]) -> None:
    """Write the totals of bureaus of one project that have just submitted; five statements for any number.

    Their children must be frozen already: none of `filings` may stand below another of them.
    """
    if filings:
        add_up(FROZEN, filings, prices_of(filings[0].project_id))


def forget_totals(filings: Sequence[Filing]) -> None:
    """Take away the totals of bureaus whose packages were given back; three statements."""
    if filings:
        values = {"filings": [filing.pk for filing in filings]}
        for statement in forgetting(FROZEN):
            run(statement, values)


def add_up(family: Family, filings: Sequence[Filing], prices: Prices) -> None:
    """Run the four statements of a family."""
    values = {"filings": [filing.pk for filing in filings], **prices.values}
    for statement in climb(family):
        run(statement, values)
