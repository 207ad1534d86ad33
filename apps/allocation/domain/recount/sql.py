"""What pools, confirmed lines, places and agreements say, beside what they are made of. Reads only.

Invariant: `project` narrows to one project; without it a command that may see the whole country reads all of them.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.scope.database import planned_rows

POOLS = """
    SELECT p.code, e.name, i.item_code, pool.fixed, pool.allocated, pool.capacity,
        CASE WHEN p.capacity_counts_confirmed THEN COALESCE(sums.confirmed, 0) ELSE 0 END,
        COALESCE(sums.reserved, 0), pool.stopped = 'cancelled'
    FROM allocation_capacitypool pool
    JOIN projects_project p ON p.id = pool.project_id
    JOIN projects_winningproduct w ON w.id = pool.product_id
    JOIN projects_catalogitem i ON i.id = w.item_id
    JOIN organizations_enterprise e ON e.id = w.enterprise_id
    LEFT JOIN (
        SELECT l.product_id,
            SUM(l.contract) FILTER (WHERE l.slot = 'selected' AND f.status <> 'excluded') AS confirmed,
            SUM(l.reserved) AS reserved
        FROM allocation_slotline l JOIN review_filing f ON f.id = l.filing_id
        GROUP BY l.product_id
    ) sums ON sums.product_id = pool.product_id
    WHERE %(project)s::bigint IS NULL OR pool.project_id = %(project)s
    ORDER BY pool.id
"""
CONFIRMED_LINES = """
    SELECT p.code, o.name, i.item_code, r.kept - r.kept_unplaced, COALESCE(l.taken, 0)
    FROM allocation_allocationrow r
    JOIN projects_project p ON p.id = r.project_id
    JOIN organizations_organization o ON o.id = r.organization_id
    JOIN projects_catalogitem i ON i.id = r.item_id
    LEFT JOIN (
        SELECT row_id, SUM(taken) AS taken FROM allocation_slotline WHERE slot = 'selected' GROUP BY row_id
    ) l ON l.row_id = r.id
    WHERE r.filing_id IS NOT NULL AND r.kept - r.kept_unplaced <> COALESCE(l.taken, 0)
        AND (%(project)s::bigint IS NULL OR r.project_id = %(project)s)
    ORDER BY r.id LIMIT 10
"""
PLACES = """
    SELECT p.code, i.item_code, path, COALESCE(kept.rows, 0), COALESCE(counted.rows, 0)
    FROM (
        SELECT project_id, item_id, '/0/' || split_part(path, '/', 3) || '/' AS path, COUNT(*) AS rows
        FROM allocation_allocationrow
        WHERE %(project)s::bigint IS NULL OR project_id = %(project)s GROUP BY 1, 2, 3
    ) counted
    FULL JOIN (
        SELECT project_id, item_id, path, rows FROM allocation_volumeplace
        WHERE rows > 0 AND (%(project)s::bigint IS NULL OR project_id = %(project)s)
    ) kept USING (project_id, item_id, path)
    JOIN projects_project p ON p.id = project_id
    JOIN projects_catalogitem i ON i.id = item_id
    WHERE COALESCE(kept.rows, 0) <> COALESCE(counted.rows, 0)
    ORDER BY p.code, i.item_code, path LIMIT 10
"""
FILINGS = """
    SELECT id, parent_id, status, tier = 'institution' FROM review_filing
    WHERE kind = 'allocation' AND (%(project)s::bigint IS NULL OR project_id = %(project)s) ORDER BY path, id
"""
TAKEN = """
    SELECT l.filing_id, l.product_id, t.price, t.pack, SUM(l.contract)
    FROM allocation_slotline l
    JOIN allocation_capacitypool p ON p.product_id = l.product_id
    LEFT JOIN allocation_supplytotal held ON held.filing_id = l.filing_id AND held.product_id = l.product_id
    JOIN projects_winningterms t ON t.id = COALESCE(held.terms_id, p.terms_id)
    WHERE l.filing_id = ANY(%(filings)s) AND l.contract > 0
    GROUP BY l.filing_id, l.product_id, t.price, t.pack
"""
KEPT = """
    SELECT filing_id, product_id, quantity, amount FROM allocation_supplytotal WHERE filing_id = ANY(%(filings)s)
"""
NAMES = """
    SELECT p.code || ' ' || o.name || ' ' || i.item_code
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id
    JOIN organizations_organization o ON o.id = f.organization_id,
        projects_winningproduct w JOIN projects_catalogitem i ON i.id = w.item_id
    WHERE f.id = %(filing)s AND w.id = %(product)s
"""


class Pool(NamedTuple):
    """Quantities in smallest units: as kept with the pool, then as its lines come to."""

    project: str
    enterprise: str
    item: str
    fixed: int
    allocated: int
    capacity: int | None
    confirmed: int
    reserved: int
    is_cancelled: bool


class ConfirmedRow(NamedTuple):
    """A row whose confirmed quantity is not that of its lines."""

    project: str
    unit: str
    item: str
    kept: int
    contract: int


class Place(NamedTuple):
    """A province where an item has more or fewer rows than are counted."""

    project: str
    item: str
    path: str
    kept: int
    counted: int


class FilingRow(NamedTuple):
    pk: int
    parent: int | None
    status: str
    is_institution: bool


class Taken(NamedTuple):
    """The sum of a filing's contracts of one product, with the terms that it is priced by."""

    filing: int
    product: int
    price: Decimal
    pack: int
    quantity: int


class Agreed(NamedTuple):
    """What is kept of it: smallest units, yuan and fen."""

    filing: int
    product: int
    quantity: int
    amount: Decimal


def pools(project: int | None) -> list[Pool]:
    return [Pool(*row) for row in planned_rows(POOLS, {"project": project})]


def confirmed_rows(project: int | None) -> list[ConfirmedRow]:
    """The first ten."""
    return [ConfirmedRow(*row) for row in planned_rows(CONFIRMED_LINES, {"project": project})]


def places(project: int | None) -> list[Place]:
    """The first ten."""
    return [Place(*row) for row in planned_rows(PLACES, {"project": project})]


def filings(project: int | None) -> list[FilingRow]:
    return [FilingRow(*row) for row in planned_rows(FILINGS, {"project": project})]


def taken(filings: Sequence[int]) -> list[Taken]:
    return [Taken(*row) for row in planned_rows(TAKEN, {"filings": list(filings)})]


def kept(filings: Sequence[int]) -> list[Agreed]:
    return [Agreed(*row) for row in planned_rows(KEPT, {"filings": list(filings)})]


def name_of(filing: int, product: int) -> str:
    """Project, unit and item in words."""
    ((name,),) = planned_rows(NAMES, {"filing": filing, "product": product})
    return str(name)
