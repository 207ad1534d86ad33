"""What a bureau's package holds of each item, and who below it wants most of it.

Every statement is bound to one filing that the caller has read within the scope. Of a package that was submitted the
totals are read; of one at work what its approved children hold is added up, exactly as 提交 would.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.reporting.domain.lines.sql import AMOUNT, BASELINE, PRICED_THEN, REVISION
from apps.scope.database import rows

ITEMS = f"""
    WITH own AS (
        SELECT id, status IN ('submitted', 'approved') AS is_held FROM review_filing WHERE id = %(filing)s
    ), held AS (
        SELECT id, 'bureau' AS tier FROM own WHERE is_held
        UNION ALL
        SELECT c.id, c.tier FROM own JOIN review_filing c ON c.parent_id = own.id AND c.status = 'approved'
        WHERE NOT own.is_held
    ), part AS (
        SELECT t.item_id, t.quantity, t.previous, t.amount, bit_count(t.members) AS institutions
        FROM held JOIN reporting_demandtotal t ON t.filing_id = held.id
        UNION ALL
        SELECT l.item_id, l.planned, {BASELINE}, {AMOUNT}, CASE WHEN l.planned > 0 THEN 1 ELSE 0 END
        FROM held JOIN review_filing f ON f.id = held.id AND held.tier = 'institution'
        JOIN projects_project p ON p.id = f.project_id
        LEFT JOIN LATERAL ({REVISION}) AS r ON TRUE
        JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
        JOIN projects_catalogitem i ON i.id = l.item_id
        {PRICED_THEN}
    )
    SELECT item_id, SUM(quantity)::bigint, SUM(previous)::bigint, SUM(amount), SUM(institutions)::bigint
    FROM part GROUP BY item_id
"""  # noqa: S608 - no value in it
MOST = """
    WITH part AS (
        SELECT t.item_id, c.id, c.path, t.quantity FROM review_filing c
        JOIN reporting_demandtotal t ON t.filing_id = c.id AND t.item_id = ANY(%(items)s)
        WHERE c.parent_id = %(filing)s AND c.status = 'approved' AND c.tier <> 'institution'
        UNION ALL
        SELECT l.item_id, c.id, c.path, l.planned FROM review_filing c
        JOIN reporting_demandline l ON l.filing_id = c.id AND l.item_id = ANY(%(items)s)
        WHERE c.parent_id = %(filing)s AND c.status = 'approved' AND c.tier = 'institution'
    ), placed AS (
        SELECT item_id, id, quantity, row_number() OVER (PARTITION BY item_id ORDER BY quantity DESC, path) AS place
        FROM part WHERE quantity > 0
    )
    SELECT placed.item_id, unit.name, placed.quantity
    FROM placed JOIN review_filing f ON f.id = placed.id
    JOIN organizations_organization unit ON unit.id = f.organization_id
    WHERE placed.place <= %(number)s ORDER BY placed.item_id, placed.place
"""


class Held(NamedTuple):
    """One item: smallest units, `previous` as the sum over the baseline years, yuan and fen or no price at all."""

    item: int
    quantity: int
    previous: int
    amount: Decimal | None
    institutions: int


class Wanted(NamedTuple):
    """How much one unit right below wants of an item."""

    item: int
    unit: str
    quantity: int


def items_of(filing: int) -> list[Held]:
    return [Held(*row) for row in rows(ITEMS, {"filing": filing})]


def most_of(filing: int, items: Sequence[int], *, number: int) -> list[Wanted]:
    """Of each item the `number` units right below that want most of it, these first."""
    values = {"filing": filing, "items": list(items), "number": number}
    return [Wanted(*row) for row in rows(MOST, values)]
