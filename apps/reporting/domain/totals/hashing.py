"""A fingerprint of a package's totals, for what is published from them."""

import hashlib

from apps.reporting.domain.sql import rows
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
