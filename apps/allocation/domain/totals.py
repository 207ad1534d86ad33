"""Agreed volumes: what a reported filing takes of each product, climbing from the lines to the alliance once.

Invariant: totals are written when their filing is submitted, a bureau's from its approved children only, and
deleted when it is withdrawn or returned. Amounts are those of institutions, added up (`apps.projects.domain.money`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.allocation.domain.statements import rows, run
from apps.projects.domain.money import amount_sql
from apps.review.models import Filing

OWN_LINES = f"""
    SELECT taken.filing_id, taken.path, taken.product_id, taken.quantity,
        {amount_sql("taken.quantity", "t.price", "t.pack")} AS amount, 1 AS institutions, taken.lines
    FROM (
        SELECT f.id AS filing_id, f.path, l.product_id, SUM(l.contract)::bigint AS quantity, COUNT(*) AS lines
        FROM review_filing f JOIN allocation_slotline l ON l.filing_id = f.id AND l.contract > 0
        WHERE f.id = ANY(%(filings)s) AND f.tier = 'institution'
        GROUP BY f.id, l.product_id
    ) AS taken
    JOIN allocation_capacitypool p ON p.product_id = taken.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
"""  # noqa: S608 - no value in it
PACKAGE = """
    SELECT b.id AS filing_id, b.path, t.product_id, SUM(t.quantity)::bigint AS quantity, SUM(t.amount) AS amount,
        SUM(t.institutions)::bigint AS institutions, SUM(t.lines)::bigint AS lines
    FROM review_filing b
    JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
    JOIN allocation_supplytotal t ON t.filing_id = c.id
    WHERE b.id = ANY(%(filings)s)
    GROUP BY b.id, t.product_id
"""
WRITE = "INSERT INTO allocation_supplytotal (filing_id, path, product_id, quantity, amount, institutions, lines)"
FORGET = "DELETE FROM allocation_supplytotal WHERE filing_id = ANY(%(filings)s)"
SUMS = """
    SELECT part.filing_id, SUM(part.lines)::bigint, SUM(part.amount) FROM ({part}) AS part GROUP BY part.filing_id
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines and their contract amount in yuan and fen."""

    lines: int = 0
    amount: Decimal = Decimal(0)


def write_totals(filings: Sequence[Filing]) -> None:
    """Freeze what these filings report: lines of institutions, packages of bureaus."""
    for part, ids in _parts(filings):
        run(WRITE + part, {"filings": ids})


def delete_totals(filings: Sequence[Filing]) -> None:
    if filings:
        run(FORGET, {"filings": [filing.pk for filing in filings]})


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By filing id, reported or not; of bureaus what is approved below them. Two statements at most."""
    found: dict[int, Sum] = {}
    for part, ids in _parts(filings):
        for filing_id, lines, amount in rows(SUMS.format(part=part), {"filings": ids}):
            found[filing_id] = Sum(int(lines), amount)
    return found


def _parts(filings: Sequence[Filing]) -> list[tuple[str, list[int]]]:
    institutions = [filing.pk for filing in filings if filing.is_institution]
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    return [(part, ids) for part, ids in ((OWN_LINES, institutions), (PACKAGE, bureaus)) if ids]
