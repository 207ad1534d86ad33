"""What a filing holds in figures: of an institution its lines, of a bureau its approved package."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.reporting.domain.reports import Counts, reported_counts
from apps.reporting.domain.sql import rows
from apps.reporting.domain.totals.climbing import AMOUNT
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN

AS_TYPED = f"""
    SELECT l.filing_id, COUNT(*) FILTER (WHERE l.planned IS NOT NULL), COUNT(*) FILTER (WHERE l.planned > 0),
        COUNT(*) FILTER (WHERE l.reason <> '' OR l.explanation <> ''),
        SUM({AMOUNT})
    FROM reporting_demandline l JOIN projects_catalogitem i ON i.id = l.item_id
    WHERE l.filing_id = ANY(%(filings)s) GROUP BY l.filing_id
"""  # noqa: S608 - no value in it
# Of a package that was submitted its totals; of one at work what its approved children hold.
PACKAGES = """
    WITH held AS (
        SELECT b.id AS root, b.id FROM review_filing b
        WHERE b.id = ANY(%(filings)s) AND b.status IN ('submitted', 'approved')
        UNION ALL
        SELECT b.id, c.id FROM review_filing b
        JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
        WHERE b.id = ANY(%(filings)s) AND b.status NOT IN ('submitted', 'approved')
    ), counted AS (
        SELECT held.root, g.institutions, g.lines, 0 AS wanted, g.explained, g.amount
        FROM held JOIN reporting_demandreporters g ON g.filing_id = held.id
        UNION ALL
        SELECT held.root, 0, 0, bit_count(t.members), 0, NULL
        FROM held JOIN reporting_demandtotal t ON t.filing_id = held.id
        UNION ALL
        SELECT held.root, 1, r.lines, r.wanted, r.explained, r.amount
        FROM held JOIN review_filing f ON f.id = held.id AND f.tier = 'institution'
        CROSS JOIN LATERAL (
            SELECT lines, wanted, explained, amount FROM reporting_demandreport
            WHERE filing_id = f.id ORDER BY number DESC LIMIT 1
        ) AS r
    )
    SELECT root, SUM(institutions), SUM(lines), SUM(wanted), SUM(explained), SUM(amount) FROM counted GROUP BY root
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts with the number of institutions that they are of."""

    institutions: int = 0
    counts: Counts = field(default_factory=Counts)


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By id of filings of one project, reported or not; three statements at most."""
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
            found[pk] = Sum(int(institutions), Counts(*values))
    return found
