"""What each file of a dumped round is: one statement, in the order of the tree.

Invariants: the names of columns are those of
docs/reference.md; everything is as it is stored, nothing is rounded or computed
anew but packs of agreements. Bound to the demand project, its version and the allocation, each of which
may be missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.scope.database import copied_out
from apps.volumes.domain.sql import confirmed

# The tree that volumes climb: an allocation's own may skip other tiers.
UNITS = """
    SELECT unit.path, o.code, o.name, unit.tier FROM (
        SELECT path, organization_id, tier FROM review_filing
        WHERE project_id = COALESCE(%(demand)s, %(allocation)s)
        UNION
        SELECT path, organization_id, 'institution' FROM projects_participation WHERE project_id = %(allocation)s
    ) unit JOIN organizations_organization o ON o.id = unit.organization_id
    ORDER BY unit.path
"""
# Coefficients as the version took them, else as they stand.
ITEMS = """
    SELECT i.item_code, i.variety, i.specification, i.manufacturer_name AS manufacturer, i.competition_unit,
        i.product_group, i.pack_quantity AS pack, COALESCE(main.item_code, i.item_code) AS main_item_code,
        trim_scale(COALESCE(t.coefficient, c.coefficient, 1)) AS coefficient
    FROM projects_catalogitem i
    LEFT JOIN volumes_agreedterms t ON t.version_id = %(version)s AND t.item_id = i.id
    LEFT JOIN volumes_conversion c ON c.item_id = i.id
    LEFT JOIN projects_catalogitem main
        ON main.id = CASE WHEN t.item_id IS NULL THEN c.main_id ELSE t.main_id END
    WHERE i.project_id = %(demand)s OR (i.project_id = %(allocation)s AND NOT EXISTS (
        SELECT 1 FROM projects_catalogitem own
        WHERE own.project_id = %(demand)s AND own.item_code = i.item_code
    ))
    ORDER BY i.position, i.item_code
"""
# Approved all the way up, in the provinces that the version's base counts.
REPORTS = """
    WITH RECURSIVE package (id, tier, path) AS (
        SELECT f.id, f.tier, f.path FROM review_filing f
        WHERE f.project_id = %(demand)s AND f.tier = 'province' AND f.status = 'approved'
            AND (%(version)s::bigint IS NULL OR EXISTS (
                SELECT 1 FROM volumes_agreedversion v JOIN volumes_basequantity b ON b.version_id = v.base_id
                WHERE v.id = %(version)s AND b.filing_id = f.id
            ))
        UNION ALL
        SELECT f.id, f.tier, f.path FROM package p
        JOIN review_filing f ON f.parent_id = p.id AND f.status = 'approved'
    )
    SELECT p.path, i.item_code, l.planned AS quantity FROM package p
    JOIN reporting_demandline l ON l.filing_id = p.id AND l.planned IS NOT NULL
    JOIN projects_catalogitem i ON i.id = l.item_id
    WHERE p.tier = 'institution' ORDER BY p.path, i.item_code
"""
_CODES = """(
    SELECT string_agg(o.code, ' ' ORDER BY o.path) FROM {table} s
    JOIN organizations_organization o ON o.id = s.province_id WHERE s.product_id = w.id
)"""
_WON = f"""
    SELECT w.project_id, i.item_code, i.position, i.competition_unit, w.enterprise_id, w.rank, w.capacity,
        w.supply_rank, t.cut, t.price, t.pack, t.daily_usage,
        {_CODES.format(table="projects_supplyprovince")} AS supplied,
        {_CODES.format(table="projects_primaryprovince")} AS named
    FROM projects_winningproduct w JOIN projects_catalogitem i ON i.id = w.item_id
    LEFT JOIN allocation_capacitypool pool ON pool.product_id = w.id
    LEFT JOIN LATERAL (
        SELECT * FROM projects_winningterms known WHERE known.product_id = w.id
            AND (pool.terms_id IS NULL OR known.id = pool.terms_id)
        ORDER BY known.version DESC LIMIT 1
    ) t ON TRUE
"""  # noqa: S608 (no value in it)
# Ranks, cuts and provinces are those that agreed volumes follow from; what is bought is the allocation's. Who is
# primary without named provinces (rules R8) is so wherever it supplies.
WINNERS = f"""
    WITH won AS MATERIALIZED ({_WON} WHERE w.project_id IN (%(demand)s, %(allocation)s)), round AS (
        SELECT string_agg(DISTINCT split_part(path, '/', 3), ' ') AS provinces FROM (
            SELECT path FROM review_filing
            WHERE project_id IN (%(demand)s, %(allocation)s) AND tier = 'province'
            UNION
            SELECT path FROM projects_participation WHERE project_id = %(allocation)s
        ) place
    )
    SELECT COALESCE(d.competition_unit, a.competition_unit) AS competition_unit, item_code, e.uscc,
        e.name AS enterprise, COALESCE(d.rank, a.rank) AS rank, trim_scale(COALESCE(d.cut, a.cut)) AS cut,
        trim_scale(COALESCE(a.price, d.price)) AS price, COALESCE(a.pack, d.pack) AS pack,
        trim_scale(COALESCE(a.daily_usage, d.daily_usage)) AS daily_usage,
        COALESCE(a.capacity, d.capacity) AS capacity, own.supplied AS supply_provinces,
        CASE WHEN own.named IS NOT NULL THEN own.named
            WHEN own.supply_rank = 'primary' THEN COALESCE(own.supplied, round.provinces)
            END AS primary_provinces
    FROM (SELECT * FROM won WHERE project_id = %(demand)s) d
    FULL JOIN (SELECT * FROM won WHERE project_id = %(allocation)s) a USING (item_code, enterprise_id)
    JOIN organizations_enterprise e ON e.id = enterprise_id
    CROSS JOIN round
    CROSS JOIN LATERAL (
        SELECT CASE WHEN d.item_code IS NULL THEN a.supplied ELSE d.supplied END AS supplied,
            CASE WHEN d.item_code IS NULL THEN a.named ELSE d.named END AS named,
            COALESCE(d.supply_rank, a.supply_rank) AS supply_rank
    ) own
    ORDER BY COALESCE(d.position, a.position), item_code, COALESCE(d.rank, a.rank), e.uscc
"""  # noqa: S608 (no value in it)
AGREED = """
    SELECT f.path, f.tier, i.item_code, trim_scale(q.base) AS base, q.agreed, q.kept, q.pending
    FROM volumes_agreedquantity q JOIN review_filing f ON f.id = q.filing_id
    JOIN projects_catalogitem i ON i.id = q.item_id
    WHERE q.version_id = %(version)s ORDER BY f.path, i.item_code
"""
SHARES = """
    SELECT s.competition_unit, s.rank, e.uscc, trim_scale(s.quantity) AS quantity FROM volumes_winnershare s
    LEFT JOIN organizations_enterprise e ON e.id = s.enterprise_id
    WHERE s.version_id = %(version)s ORDER BY s.competition_unit, s.rank
"""
ROWS = """
    SELECT r.path, o.code AS institution_code, i.item_code, r.agreed, r.kept, r.pending, r.lowest, r.highest, r.other
    FROM allocation_allocationrow r JOIN organizations_organization o ON o.id = r.organization_id
    JOIN projects_catalogitem i ON i.id = r.item_id
    WHERE r.project_id = %(allocation)s ORDER BY r.path, i.item_code
"""
_LINES = """
    SELECT l.path, f.organization_id, w.item_id, w.enterprise_id, l.contract AS quantity
    FROM allocation_slotline l JOIN review_filing f ON f.id = l.filing_id AND f.project_id = %(allocation)s
    JOIN projects_winningproduct w ON w.id = l.product_id
    WHERE l.slot = 'selected'
"""
_PUBLISHED = f"""
    SELECT f.path, f.organization_id, c.won_id AS item_id, c.enterprise_id, c.quantity
    FROM ({confirmed("f.project_id = %(demand)s AND f.tier = 'institution'")}) c
    JOIN review_filing f ON f.id = c.filing_id
"""  # noqa: S608 (no value in it)
_CONFIRMED = """
    SELECT c.path, o.code AS institution_code, i.item_code, e.uscc, c.quantity,
        trim_scale(c.quantity * COALESCE(t.coefficient, 1)) AS converted
    FROM (
        SELECT path, organization_id, item_id, enterprise_id, SUM(quantity)::bigint AS quantity FROM ({given}) given
        GROUP BY path, organization_id, item_id, enterprise_id
    ) c
    JOIN organizations_organization o ON o.id = c.organization_id
    JOIN organizations_enterprise e ON e.id = c.enterprise_id
    JOIN projects_catalogitem i ON i.id = c.item_id
    LEFT JOIN projects_catalogitem own ON own.project_id = %(demand)s AND own.item_code = i.item_code
    LEFT JOIN volumes_agreedterms t ON t.version_id = %(version)s AND t.item_id = own.id
    ORDER BY c.path, i.item_code, e.uscc
"""
CONFIRMED_LINES = _CONFIRMED.format(given=_LINES)
CONFIRMED = _CONFIRMED.format(given=_PUBLISHED)


# As `projects.packs.whole_packs`: the packs that fit, and one more where the project's rule says so.
_PACKS = """div(s.quantity, t.pack) + CASE
    WHEN mod(s.quantity, t.pack) > 0 AND (f.pack_rounding = 'up'
        OR (f.pack_rounding = 'nearest' AND 2 * mod(s.quantity, t.pack) >= t.pack)) THEN 1 ELSE 0 END"""
AGREEMENTS = f"""
    SELECT s.path, o.code AS institution_code, i.item_code, e.uscc, s.quantity AS units,
        {_PACKS} AS packs, s.amount
    FROM allocation_supplytotal s
    JOIN (
        SELECT f.*, p.pack_rounding FROM review_filing f JOIN projects_project p ON p.id = f.project_id
    ) f ON f.id = s.filing_id AND f.project_id = %(allocation)s AND f.tier = 'institution'
    JOIN organizations_organization o ON o.id = f.organization_id
    JOIN projects_winningproduct w ON w.id = s.product_id
    JOIN projects_catalogitem i ON i.id = w.item_id
    JOIN organizations_enterprise e ON e.id = w.enterprise_id
    JOIN allocation_capacitypool p ON p.product_id = s.product_id
    JOIN projects_winningterms t ON t.id = p.terms_id
    ORDER BY s.path, i.item_code, e.uscc
"""  # noqa: S608 (no value in it)

PLANTED, PROMISED = "confirmed as planted", "confirmed as published"
"""Confirmed quantities: those that stand in an allocation, or those that were published for it."""
FILES = {
    "units": UNITS,
    "items": ITEMS,
    "reports": REPORTS,
    "winners": WINNERS,
    "agreed": AGREED,
    "shares": SHARES,
    "rows": ROWS,
    PLANTED: CONFIRMED_LINES,
    PROMISED: CONFIRMED,
    "agreements": AGREEMENTS,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """The keys of the demand project, its version and the allocation."""

    demand: int | None
    version: int | None
    allocation: int | None


def contents(file: str, bound: Bound) -> Iterator[bytes]:
    """One of `FILES` as CSV with a header row, block by block."""
    values = {
        "demand": bound.demand,
        "version": bound.version,
        "allocation": bound.allocation,
    }
    return copied_out(FILES[file], values)
