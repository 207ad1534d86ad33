"""Totals of packages are written when a bureau submits and taken away when its package is given back."""

import hashlib
from collections.abc import Sequence

from apps.reporting.domain.totals.sql import FROZEN, add_up, forget, totals_of
from apps.review.models import Filing


def totals_hash(filing: Filing) -> str:
    """SHA-256, in hexadecimal, over the lines `item code, quantity, previous, institutions` in the order of codes.

    Tabs between, a line feed after each. A package without any total has the hash of nothing.
    """
    digest = hashlib.sha256()
    for row in totals_of(filing.pk):
        digest.update(("\t".join(map(str, row)) + "\n").encode())
    return digest.hexdigest()


def freeze_totals(filings: Sequence[Filing]) -> None:
    """Write the totals of bureaus of one project that have just submitted; four statements for any number.

    Their children must be frozen already: none of `filings` may stand below another of them.
    """
    if filings:
        add_up(FROZEN, [filing.pk for filing in filings])


def forget_totals(filings: Sequence[Filing]) -> None:
    """Take away the totals of bureaus whose packages were given back; three statements."""
    if filings:
        forget(FROZEN, [filing.pk for filing in filings])
