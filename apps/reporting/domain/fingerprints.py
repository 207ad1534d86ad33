"""The check code of a filing's numbers (校验码): what a printed document, an upload and the lines have in common.

Invariant: it depends on the unit, the project, the items and their quantities alone; blank lines count as absent.
"""

from collections.abc import Sequence

from apps.reporting.domain.sql import rows
from apps.review.models import Filing

FINGERPRINTS = """
    SELECT f.id, encode(sha256(convert_to(
        f.project_id || '/' || f.organization_id || ':'
            || COALESCE(string_agg(l.item_id || '=' || l.planned, ',' ORDER BY l.item_id), ''),
        'UTF8')), 'hex')
    FROM review_filing f
    LEFT JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
    WHERE f.id = ANY(%(filings)s)
    GROUP BY f.id
"""


def fingerprints(filings: Sequence[Filing]) -> dict[int, str]:
    """By filing id, SHA-256 in hex; one statement."""
    found = rows(FINGERPRINTS, {"filings": [filing.pk for filing in filings]})
    return dict(found)


def fingerprint(filing: Filing) -> str:
    return fingerprints([filing])[filing.pk]
