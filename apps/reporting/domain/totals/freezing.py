"""Totals are written when a bureau submits and taken away when its package is given back."""

import hashlib
from collections.abc import Sequence

from apps.reporting.domain.sql import rows, run
from apps.reporting.domain.totals.climbing import FROZEN, Family, climb, forgetting
from apps.review.models import Filing

TOTALS = """
    SELECT i.item_code, t.quantity, t.previous, bit_count(t.members)
    FROM reporting_demandtotal t JOIN projects_catalogitem i ON i.id = t.item_id
    WHERE t.filing_id = %(filing)s AND (t.quantity > 0 OR t.previous > 0) ORDER BY i.item_code
"""


def totals_hash(filing: Filing) -> str:
    """SHA-256, in hexadecimal, over the lines `item code, quantity, previous, institutions` in the order of codes.

    Tabs between, a line feed after each. A package without any total has the hash of nothing.
    """
    digest = hashlib.sha256()
    for row in rows(TOTALS, {"filing": filing.pk}):
        digest.update(("\t".join(map(str, row)) + "\n").encode())
    return digest.hexdigest()


def freeze_totals(filings: Sequence[Filing]) -> None:
    """Write the totals of bureaus of one project that have just submitted; four statements for any number.

    Their children must be frozen already: none of `filings` may stand below another of them.
    """
    if filings:
        add_up(FROZEN, filings)


def forget_totals(filings: Sequence[Filing]) -> None:
    """Take away the totals of bureaus whose packages were given back; three statements."""
    if filings:
        values = {"filings": [filing.pk for filing in filings]}
        for statement in forgetting(FROZEN):
            run(statement, values)


def add_up(family: Family, filings: Sequence[Filing]) -> None:
    """Run the four statements of a family."""
    values = {"filings": [filing.pk for filing in filings]}
    for statement in climb(family):
        run(statement, values)
