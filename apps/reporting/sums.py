"""What a filing holds in figures: of an institution its lines, of a bureau its approved package."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.review.models import Filing
from apps.review.statuses import FROZEN

from .reports import Counts, reported_counts
from .statements import rows

AS_TYPED = """
    SELECT l.filing_id, COUNT(*) FILTER (WHERE l.planned IS NOT NULL), COUNT(*) FILTER (WHERE l.planned > 0),
        COUNT(*) FILTER (WHERE l.reason <> '' OR l.explanation <> ''),
        ROUND(SUM(l.planned * i.reference_price / i.pack_quantity), 2)
    FROM reporting_demandline l JOIN projects_catalogitem i ON i.id = l.item_id
    WHERE l.filing_id = ANY(%(filings)s) GROUP BY l.filing_id
"""
PACKAGES = """
    WITH RECURSIVE package (root, id, tier) AS (
        SELECT b.id, c.id, c.tier FROM review_filing b
        JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
        WHERE b.id = ANY(%(filings)s)
        UNION ALL
        SELECT p.root, c.id, c.tier FROM package p
        JOIN review_filing c ON c.parent_id = p.id AND c.status = 'approved'
    )
    SELECT p.root, COUNT(*), SUM(r.lines), SUM(r.wanted), SUM(r.explained), SUM(r.amount)
    FROM package p CROSS JOIN LATERAL (
        SELECT lines, wanted, explained, amount FROM reporting_demandreport
        WHERE filing_id = p.id ORDER BY number DESC LIMIT 1
    ) AS r
    WHERE p.tier = 'institution' GROUP BY p.root
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts with the number of institutions that they are of."""

    institutions: int = 0
    counts: Counts = field(default_factory=Counts)


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By filing id, reported or not; three statements at most."""
    own = [filing for filing in filings if filing.is_institution]
    reported = reported_counts([filing for filing in own if filing.state in FROZEN]) if own else {}
    found = {pk: Sum(1, counts) for pk, counts in reported.items()}
    typed = [filing.pk for filing in own if filing.pk not in found]
    if typed:
        for pk, *values in rows(AS_TYPED, {"filings": typed}):
            found[pk] = Sum(1, Counts(*values))
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    if bureaus:
        for pk, institutions, *values in rows(PACKAGES, {"filings": bureaus}):
            found[pk] = Sum(institutions, Counts(*values))
    return found
