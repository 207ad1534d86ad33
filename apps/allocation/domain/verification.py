"""Recomputes what pools, confirmed lines, places and agreements say, and names what differs. Reads only.

Invariant checked: fixed = ΣK, allocated = Σ reserved, fixed + allocated ≤ capacity, lines of K = the rows' K,
places = the rows in them; of agreements see `amounts_check`.
"""

from collections.abc import Iterator

from apps.allocation.domain import amounts_check
from apps.allocation.domain.statements import rows
from apps.projects.models import Project

POOLS = """
    SELECT p.code, e.name, i.item_code, pool.fixed, pool.allocated, pool.capacity,
        CASE WHEN p.capacity_counts_confirmed THEN COALESCE(sums.confirmed, 0) ELSE 0 END,
        COALESCE(sums.reserved, 0)
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
    SELECT p.code, o.name, i.item_code, r.kept, COALESCE(l.taken, 0)
    FROM allocation_allocationrow r
    JOIN projects_project p ON p.id = r.project_id
    JOIN organizations_organization o ON o.id = r.organization_id
    JOIN projects_catalogitem i ON i.id = r.item_id
    LEFT JOIN (
        SELECT row_id, SUM(taken) AS taken FROM allocation_slotline WHERE slot = 'selected' GROUP BY row_id
    ) l ON l.row_id = r.id
    WHERE r.filing_id IS NOT NULL AND r.kept <> COALESCE(l.taken, 0)
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


def differences(project: Project | None) -> Iterator[str]:
    """One sentence per difference; of one project, or of all."""
    values = {"project": project.pk if project else None}
    for code, enterprise, item, fixed, allocated, capacity, confirmed, reserved in rows(
        POOLS, values
    ):
        name = f"{code} {enterprise} {item}"
        if fixed != confirmed:
            yield f"{name}：确认量记为 {fixed}，各机构合计 {confirmed}"
        if allocated != reserved:
            yield f"{name}：已分配记为 {allocated}，各机构占用合计 {reserved}"
        if capacity is not None and confirmed + reserved > capacity:
            yield f"{name}：合计 {confirmed + reserved} 超过最大产能 {capacity}"
    for code, unit, item, kept, contract in rows(CONFIRMED_LINES, values):
        yield f"{code} {unit} {item}：确认量 {kept}，协议明细 {contract}"
    for code, item, path, kept, counted in rows(PLACES, values):
        yield f"{code} {item} {path}：分配量记为 {kept} 行，实有 {counted} 行"
    yield from amounts_check.differences(project)
