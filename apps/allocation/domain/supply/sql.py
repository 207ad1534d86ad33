"""Agreed volumes: summed from lines of institutions and from packages of bureaus, written, forgotten.

Invariant: bound to named filings that the caller has read within the scope.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from apps.projects.domain.money import amount_sql
from apps.scope.database import planned_rows, planned_run, quick_run

OWN_LINES = f"""
    SELECT taken.filing_id, taken.path, taken.product_id, taken.quantity,
        {amount_sql("taken.quantity", "t.price", "t.pack")} AS amount, 1 AS institutions, taken.lines,
        t.id AS terms_id
    FROM (
        SELECT f.id AS filing_id, f.path, l.product_id, SUM(l.contract)::bigint AS quantity, COUNT(*) AS lines
        FROM review_filing f JOIN allocation_slotline l ON l.filing_id = f.id AND l.contract > 0
        WHERE f.id = ANY(%(filings)s) AND f.tier = 'institution'
        GROUP BY f.id, l.product_id
    ) AS taken
    JOIN allocation_capacitypool p ON p.product_id = taken.product_id
    LEFT JOIN allocation_supplytotal held ON held.filing_id = taken.filing_id AND held.product_id = taken.product_id
    JOIN projects_winningterms t ON t.id = COALESCE(held.terms_id, p.terms_id)
"""  # noqa: S608 - no value in it
PACKAGE = """
    SELECT b.id AS filing_id, b.path, t.product_id, SUM(t.quantity)::bigint AS quantity, SUM(t.amount) AS amount,
        SUM(t.institutions)::bigint AS institutions, SUM(t.lines)::bigint AS lines, NULL::bigint AS terms_id
    FROM review_filing b
    JOIN review_filing c ON c.parent_id = b.id AND c.status = 'approved'
    JOIN allocation_supplytotal t ON t.filing_id = c.id
    WHERE b.id = ANY(%(filings)s)
    GROUP BY b.id, t.product_id
"""
WRITE = """
    INSERT INTO allocation_supplytotal (filing_id, path, product_id, quantity, amount, institutions, lines, terms_id)
"""
# Totals of filings that stay reported: terms are kept, what nobody takes any more is gone.
RENEW = """
    WITH fresh AS MATERIALIZED ({part}), gone AS (
        DELETE FROM allocation_supplytotal held WHERE held.filing_id = ANY(%(filings)s) AND NOT EXISTS (
            SELECT 1 FROM fresh WHERE fresh.filing_id = held.filing_id AND fresh.product_id = held.product_id
        )
    )
    INSERT INTO allocation_supplytotal AS held
        (filing_id, path, product_id, quantity, amount, institutions, lines, terms_id)
    SELECT * FROM fresh
    ON CONFLICT (filing_id, product_id) DO UPDATE SET quantity = EXCLUDED.quantity, amount = EXCLUDED.amount,
        institutions = EXCLUDED.institutions, lines = EXCLUDED.lines
    WHERE (held.quantity, held.amount, held.institutions, held.lines)
        IS DISTINCT FROM (EXCLUDED.quantity, EXCLUDED.amount, EXCLUDED.institutions, EXCLUDED.lines)
"""
FORGET = "DELETE FROM allocation_supplytotal WHERE filing_id = ANY(%(filings)s)"
SUMS = """
    SELECT part.filing_id, SUM(part.lines)::bigint, SUM(part.amount) FROM ({part}) AS part GROUP BY part.filing_id
"""


class Part(Enum):
    """What is summed of a filing."""

    LINES = OWN_LINES
    PACKAGE = PACKAGE


class Sum(NamedTuple):
    """Lines of a filing and their contract amount in yuan and fen."""

    filing: int
    lines: int
    amount: Decimal


class Supply(NamedTuple):
    """What a bureau's package takes of one product: smallest units, yuan and fen."""

    filing: int
    path: str
    product: int
    quantity: int
    amount: Decimal
    institutions: int
    lines: int


def package_of(filing: int) -> list[Supply]:
    """What is approved right below a bureau, by product."""
    return [Supply(*row[:-1]) for row in planned_rows(PACKAGE, {"filings": [filing]})]


def write(part: Part, filings: Sequence[int]) -> None:
    planned_run(WRITE + part.value, {"filings": list(filings)})


def renew(part: Part, filings: Sequence[int]) -> None:
    """Totals that stand already, as their parts are now."""
    quick_run(RENEW.format(part=part.value), {"filings": list(filings)})


def forget(filings: Sequence[int]) -> None:
    planned_run(FORGET, {"filings": list(filings)})


def sums(part: Part, filings: Sequence[int]) -> list[Sum]:
    return [
        Sum(*row) for row in planned_rows(SUMS.format(part=part.value), {"filings": list(filings)})
    ]
