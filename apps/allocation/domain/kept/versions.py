"""Every report of an allocation as it was, and what stands of it now, for the case (案卷) of an institution.

Invariant: lines and agreed volumes are read each by itself; that one is the sum of the other is for whoever checks it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from apps.allocation.models import AllocationRow, Report, Slot, SlotLine, StopShare, SupplyTotal
from apps.projects.models import WinningProduct, WinningTerms
from apps.review.domain.kinds import Kept, Version
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN


def kept_of(filings: Sequence[Filing]) -> dict[int, Kept]:
    """By id, of filings of one project; a constant number of statements."""
    if not filings:
        return {}
    ids = [filing.pk for filing in filings]
    goods, standing = _Goods(filings[0].project_id, ids), _standing(filings)
    kept = {pk: Kept([], stands) for pk, stands in standing.items()}
    for report in Report.objects.filter(filing__in=ids).order_by("filing_id", "number"):
        lines = [goods.line(*entry) for entry in report.content["lines"]]
        unplaced = sum(entry[-1] for entry in report.content["rows"])
        version = Version(report.number, report.at, lines, {"unplaced": unplaced})
        kept.setdefault(report.filing_id, Kept([])).versions.append(version)
    return kept


class _Goods:
    """What rows and lines are of."""

    def __init__(self, project_id: int, filings: Sequence[int]) -> None:
        rows = AllocationRow.objects.filter(filing__in=filings).with_item()
        self._items = {row.pk: row.item for row in rows}
        products = WinningProduct.objects.filter(project_id=project_id)
        self._products = {
            product.pk: product for product in products.select_related("item", "enterprise")
        }
        terms = WinningTerms.objects.filter(product__project_id=project_id)
        self._terms = {version.pk: version for version in terms}

    def line(
        self, row: int, slot: str, product: int, contract: int, terms: int | None = None
    ) -> dict[str, Any]:
        """A line as reports keep it; older ones don't name the terms."""
        item, won = self._items[row], self._products[product]
        at = self._terms.get(terms) if terms else None
        return {
            "row": row,
            "item_code": item.item_code,
            "variety": item.variety,
            "specification": item.specification,
            "unit": item.unit,
            "slot": slot,
            "slot_name": Slot(slot).label,
            "product": product,
            "product_code": won.item.item_code,
            "enterprise": won.enterprise.name,
            "contract": contract,
            "price": str(at.price) if at and at.price is not None else None,
            "pack": at.pack if at else None,
        }


def _standing(filings: Sequence[Filing]) -> dict[int, dict[str, Any]]:
    """Of filings that are reported, their lines and their agreed volumes; three statements."""
    ids = [filing.pk for filing in filings if filing.state in FROZEN]
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    columns = ("row_id", "slot", "product_id", "contract")
    rows = SlotLine.objects.filter(filing__in=ids, contract__isnull=False).order_by("pk")
    for filing, row, slot, product, contract in rows.values_list("filing_id", *columns):
        lines[filing].append({"row": row, "slot": slot, "product": product, "contract": contract})
    totals: dict[int, list[dict[str, Any]]] = defaultdict(list)
    held = SupplyTotal.objects.filter(filing__in=ids).select_related(
        "terms", "product__pool__terms"
    )
    for total in held.order_by("product_id"):
        totals[total.filing_id].append(_total(total))
    moved = set(StopShare.objects.filter(filing__in=ids).values_list("filing_id", flat=True))
    return {pk: {"lines": lines[pk], "totals": totals[pk], "moved": pk in moved} for pk in ids}


def _total(total: SupplyTotal) -> dict[str, Any]:
    terms = total.agreed_terms.complete
    return {
        "product": total.product_id,
        "quantity": total.quantity,
        "lines": total.lines,
        "amount": f"{total.amount:.2f}",
        "price": str(terms.price),
        "pack": terms.pack,
    }
