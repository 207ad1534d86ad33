"""What a bureau's package comes to, product by product: the lines of its institutions, the totals of its bureaus.

Invariant: totals are written once when their filing is submitted, from its approved children only, and deleted
when it is withdrawn or returned.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.review.models import Filing

from .statements import rows, run

PACKAGE = """
    SELECT b.id AS filing_id, b.path, part.product_id, SUM(part.quantity)::bigint AS quantity,
        SUM(part.institutions)::bigint AS institutions, SUM(part.lines)::bigint AS lines
    FROM review_filing b
    JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
    JOIN LATERAL (
        SELECT l.product_id, SUM(l.contract) AS quantity, 1 AS institutions, COUNT(*) AS lines
        FROM allocation_slotline l
        WHERE c.tier = 'institution' AND l.filing_id = c.id AND l.contract > 0 GROUP BY l.product_id
        UNION ALL
        SELECT t.product_id, t.quantity, t.institutions, t.lines
        FROM allocation_supplytotal t WHERE t.filing_id = c.id
    ) AS part ON TRUE
    WHERE b.id = ANY(%(filings)s)
    GROUP BY b.id, b.path, part.product_id
"""
CLIMB = (
    """
    INSERT INTO allocation_supplytotal (filing_id, path, product_id, quantity, institutions, lines)
"""
    + PACKAGE
)
FORGET = "DELETE FROM allocation_supplytotal WHERE filing_id = ANY(%(filings)s)"
OF_BUREAUS = (
    "WITH package AS ("  # noqa: S608 (no value in it)
    + PACKAGE
    + """)
    SELECT k.filing_id, t.pack, SUM(k.lines)::bigint, SUM(t.price * k.quantity)
    FROM package k JOIN allocation_capacitypool p ON p.product_id = k.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
    GROUP BY k.filing_id, t.pack
"""
)
OF_INSTITUTIONS = """
    SELECT l.filing_id, t.pack, COUNT(*), SUM(t.price * l.contract)
    FROM allocation_slotline l JOIN allocation_capacitypool p ON p.product_id = l.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
    WHERE l.filing_id = ANY(%(filings)s) AND l.contract > 0
    GROUP BY l.filing_id, t.pack
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines and their exact contract amount in yuan."""

    lines: int = 0
    amount: Fraction = Fraction(0)


def write_totals(bureaus: Sequence[Filing]) -> None:
    """Freeze what these bureaus submit."""
    if bureaus:
        run(CLIMB, {"filings": [filing.pk for filing in bureaus]})


def delete_totals(bureaus: Sequence[Filing]) -> None:
    if bureaus:
        run(FORGET, {"filings": [filing.pk for filing in bureaus]})


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By filing id; two statements whatever their number. Of bureaus, what is approved below them."""
    institutions = [filing.pk for filing in filings if filing.is_institution]
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    found: dict[int, Sum] = defaultdict(Sum)
    for statement, ids in ((OF_INSTITUTIONS, institutions), (OF_BUREAUS, bureaus)):
        for filing_id, pack, lines, cost in rows(statement, {"filings": ids}) if ids else ():
            held = found[filing_id]
            found[filing_id] = Sum(held.lines + int(lines), held.amount + Fraction(cost) / pack)
    return dict(found)
