"""Every report of an institution as it was, for its case (案卷).

Invariant: put together here from what each report changed and from what items said at its time, not by the statements
that keep and count reports: what both come to is compared by whoever checks a case.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from apps.projects.models import CatalogItem, ItemTerms
from apps.reporting.domain.words import in_words
from apps.reporting.models import DemandReport
from apps.review.domain.kinds import Kept, Version
from apps.review.models import Filing

ITEM = ("item_code", "variety", "specification", "unit")


def kept_of(filings: Sequence[Filing]) -> dict[int, Kept]:
    """By id, of filings of one project; three statements."""
    if not filings:
        return {}
    reports = DemandReport.objects.filter(filing__in=[filing.pk for filing in filings])
    catalogue = _Catalogue(filings[0].project_id)
    kept: dict[int, Kept] = {}
    told: dict[int, dict[int, list[Any]]] = defaultdict(dict)
    for report in reports.order_by("filing_id", "number").iterator(chunk_size=100):
        so_far = told[report.filing_id]
        so_far |= {entry[0]: entry for entry in report.changes}
        lines = [catalogue.line(so_far[item], report.revision) for item in sorted(so_far)]
        version = Version(report.number, report.at, lines, _claims(report))
        kept.setdefault(report.filing_id, Kept([])).versions.append(version)
    return kept


def _claims(report: DemandReport) -> dict[str, Any]:
    return {
        "lines": report.lines,
        "wanted": report.wanted,
        "explained": report.explained,
        "amount": None if report.amount is None else f"{report.amount:.2f}",
        "reason": report.reason,
    }


class _Catalogue:
    """The items of a project, as they were when a report knew so many corrections."""

    def __init__(self, project_id: int) -> None:
        self._items = {item.pk: item for item in CatalogItem.objects.filter(project_id=project_id)}
        self._earlier: dict[int, list[ItemTerms]] = defaultdict(list)
        for terms in ItemTerms.objects.filter(item__project_id=project_id):
            self._earlier[terms.item_id].append(terms)

    def line(self, entry: Sequence[Any], revision: int) -> Mapping[str, Any]:
        """`entry`: item, planned, reason, explanation, pack mark, baseline."""
        pk, planned, reason, explanation, mark, baseline = entry
        item = self._items[pk]
        spans = (terms for terms in self._earlier[pk] if terms.since <= revision < terms.until)
        then: Any = next(spans, item)
        return {
            "item": pk,
            **{name: getattr(item, name) for name in ITEM},
            "price": None if then.reference_price is None else str(then.reference_price),
            "pack": then.pack_quantity,
            "baseline": baseline,
            "planned": planned,
            "reason": reason,
            "explanation": explanation,
            "words": in_words(reason, explanation),
            "pack_mark": mark,
        }
