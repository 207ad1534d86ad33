"""Agreed volumes: what a reported filing takes of each product, climbing from the lines to the alliance once.

Invariant: totals are written when their filing is submitted, a bureau's from its approved children only, and
deleted when it is withdrawn or returned.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.review.models import Filing

from .statements import rows, run

OWN_LINES = """
    SELECT f.id AS filing_id, f.path, l.product_id, SUM(l.contract)::bigint AS quantity,
        1 AS institutions, COUNT(*) AS lines
    FROM review_filing f JOIN allocation_slotline l ON l.filing_id = f.id AND l.contract > 0
    WHERE f.id = ANY(%(filings)s) AND f.tier = 'institution'
    GROUP BY f.id, l.product_id
"""
PACKAGE = """
    SELECT b.id AS filing_id, b.path, t.product_id, SUM(t.quantity)::bigint AS quantity,
        SUM(t.institutions)::bigint AS institutions, SUM(t.lines)::bigint AS lines
    FROM review_filing b
    JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
    JOIN allocation_supplytotal t ON t.filing_id = c.id
    WHERE b.id = ANY(%(filings)s)
    GROUP BY b.id, t.product_id
"""
WRITE = "INSERT INTO allocation_supplytotal (filing_id, path, product_id, quantity, institutions, lines)"
FORGET = "DELETE FROM allocation_supplytotal WHERE filing_id = ANY(%(filings)s)"
SUMS = """
    SELECT part.filing_id, t.pack, SUM(part.lines)::bigint, SUM(t.price * part.quantity)
    FROM ({part}) AS part JOIN allocation_capacitypool p ON p.product_id = part.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
    GROUP BY part.filing_id, t.pack
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines and their exact contract amount in yuan."""

    lines: int = 0
    amount: Fraction = Fraction(0)


def write_totals(filings: Sequence[Filing]) -> None:
    """Freeze what these filings report: lines of institutions, packages of bureaus."""
    for part, ids in _parts(filings):
        run(WRITE + part, {"filings": ids})


def delete_totals(filings: Sequence[Filing]) -> None:
    if filings:
        run(FORGET, {"filings": [filing.pk for filing in filings]})


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By filing id, reported or not; of bureaus what is approved below them. Two statements at most.

    Exact: costs are added up for each pack size, and only their sum is divided by it.
    """
    found: dict[int, Sum] = defaultdict(Sum)
    for part, ids in _parts(filings):
        for filing_id, pack, lines, cost in rows(SUMS.format(part=part), {"filings": ids}):
            held = found[filing_id]
            found[filing_id] = Sum(held.lines + int(lines), held.amount + Fraction(cost) / pack)
    return dict(found)


def _parts(filings: Sequence[Filing]) -> list[tuple[str, list[int]]]:
    institutions = [filing.pk for filing in filings if filing.is_institution]
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    return [(part, ids) for part, ids in ((OWN_LINES, institutions), (PACKAGE, bureaus)) if ids]
