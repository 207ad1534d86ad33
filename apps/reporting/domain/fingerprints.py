"""The check code of a filing's numbers (校验码): what a printed document, an upload and the lines have in common.

Invariant: it depends on the unit, the project, the items and their quantities alone; blank lines count as absent.
"""

from collections.abc import Sequence

from apps.reporting.domain.lines import sql
from apps.review.models import Filing


def fingerprints(filings: Sequence[Filing]) -> dict[int, str]:
    """By filing id, SHA-256 in hex; one statement."""
    return sql.fingerprints([filing.pk for filing in filings])


def fingerprint(filing: Filing) -> str:
    return fingerprints([filing])[filing.pk]
