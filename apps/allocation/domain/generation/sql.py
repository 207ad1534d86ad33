"""What a draft gets of its demand project, and what that comes to.

Invariant: every statement is bound to one draft project, its demand project and the published version.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apps.allocation.domain.publication.sql import split_statement
from apps.projects.models import PrimaryProvince, Project, SupplyProvince
from apps.scope.database import planned_rows, planned_run, quick_rows, quick_run

GROUP_SUMS = """
    SELECT i.product_group, COUNT(*), SUM(r.agreed), SUM(r.kept), SUM(r.pending), SUM(r.lowest), SUM(r.highest),
        SUM(r.other), COUNT(*) FILTER (WHERE r.is_excluded), MIN(i.unit), COUNT(DISTINCT i.unit)
    FROM allocation_allocationrow r JOIN projects_catalogitem i ON i.id = r.item_id
    WHERE r.project_id = %(project)s GROUP BY i.product_group ORDER BY i.product_group
"""
WITHOUT_WINNER = """
    SELECT i.product_group FROM allocation_generation g
    JOIN volumes_agreedterms t ON t.version_id = g.version_id
    JOIN projects_catalogitem i ON i.id = t.item_id
    WHERE g.project_id = %(project)s
    GROUP BY i.product_group HAVING MAX(t.winners) = 0 ORDER BY i.product_group
"""
# Approved all the way up, as what is counted.
PARTICIPANTS = """
    WITH RECURSIVE package (id, organization_id, tier, path) AS (
        SELECT f.id, f.organization_id, f.tier, f.path FROM review_filing f
        WHERE f.project_id = %(source)s AND f.tier = 'province' AND f.status = 'approved'
        UNION ALL
        SELECT f.id, f.organization_id, f.tier, f.path FROM package p
        JOIN review_filing f ON f.parent_id = p.id AND f.status = 'approved'
    )
    INSERT INTO projects_participation (project_id, organization_id, path, obligation)
    SELECT %(project)s, organization_id, path, 'required' FROM package WHERE tier = 'institution' ORDER BY path
    ON CONFLICT DO NOTHING
"""
# The winners of a season come along; those of another allocation complete them.
PRODUCTS = """
    INSERT INTO projects_winningproduct (project_id, item_id, enterprise_id, rank, capacity, supply_rank)
    SELECT %(project)s, i.id, w.enterprise_id, w.rank, w.capacity, w.supply_rank
    FROM projects_winningproduct w JOIN projects_catalogitem old ON old.id = w.item_id
    JOIN projects_catalogitem i ON i.project_id = %(project)s AND i.item_code = old.item_code
    WHERE w.project_id = %(winners)s
    ORDER BY w.id
    ON CONFLICT DO NOTHING
"""
_SUCCESSORS = """
    FROM projects_winningproduct w
    JOIN projects_catalogitem old ON old.id = w.item_id
    JOIN projects_catalogitem i ON i.project_id = %(project)s AND i.item_code = old.item_code
    JOIN projects_winningproduct mine ON mine.item_id = i.id AND mine.enterprise_id = w.enterprise_id
"""
_LATEST = (
    "SELECT * FROM projects_winningterms WHERE product_id = {product} ORDER BY version DESC LIMIT 1"
)
# What is known already stays; what is still to come is completed.
TERMS = f"""
    INSERT INTO projects_winningterms (product_id, version, price, pack, daily_usage, cut, effective_at)
    SELECT mine.id, COALESCE(k.version, 0) + 1, COALESCE(k.price, t.price), COALESCE(k.pack, t.pack),
        COALESCE(k.daily_usage, t.daily_usage), COALESCE(k.cut, t.cut), now() {_SUCCESSORS}
    JOIN LATERAL ({_LATEST.format(product="w.id")}) t ON TRUE
    LEFT JOIN LATERAL ({_LATEST.format(product="mine.id")}) k ON TRUE
    WHERE w.project_id = %(winners)s AND (k.version IS NULL OR (k.price IS NULL AND t.price IS NOT NULL)
        OR (k.pack IS NULL AND t.pack IS NOT NULL) OR (k.daily_usage IS NULL AND t.daily_usage IS NOT NULL)
        OR (k.cut IS NULL AND t.cut IS NOT NULL))
"""
CAPACITIES = f"""
    UPDATE projects_winningproduct p SET capacity = w.capacity
    FROM (SELECT mine.id, w.capacity {_SUCCESSORS} WHERE w.project_id = %(winners)s AND w.capacity IS NOT NULL) w
    WHERE p.id = w.id AND p.capacity IS NULL
"""  # noqa: S608 (no value in it)
PLACES = f"""
    INSERT INTO {{table}} (product_id, province_id)
    SELECT mine.id, s.province_id {_SUCCESSORS} JOIN {{table}} s ON s.product_id = w.id
    WHERE w.project_id = %(winners)s AND NOT EXISTS (SELECT 1 FROM {{table}} known WHERE known.product_id = mine.id)
"""  # noqa: S608 (no value in it)
PROVINCES = """
    SELECT f.path FROM review_filing f
    WHERE f.project_id = %(source)s AND f.tier = 'province' AND f.status = 'approved' ORDER BY f.path
"""
# The demand project's items that have terms: themselves, and what became of them here.
CARRIED = """
    SELECT t.item_id, i.id FROM volumes_agreedterms t
    JOIN projects_catalogitem old ON old.id = t.item_id
    JOIN projects_catalogitem i ON i.project_id = %(project)s AND i.item_code = old.item_code
    WHERE t.version_id = %(version)s
"""
MEMBERS = """
    SELECT f.id, f.organization_id, f.path FROM review_filing f
    WHERE f.project_id = %(source)s AND f.tier = 'institution'
        AND f.path >= %(province)s AND f.path < %(province)s || '~'
"""
# What is split: the published volumes of one province's institutions, in the shape of rows (rules §3a.2).
PUBLISHED = """(
    SELECT NULL::bigint AS id, %(project)s::bigint AS project_id, f.organization_id, c.item_id, f.path,
        q.base::bigint AS reported, 'kept' AS given, q.agreed, q.kept, 0::bigint AS lowest, 0::bigint AS highest
    FROM unnest(%(filings)s::bigint[], %(members)s::bigint[], %(paths)s::text[]) AS f(id, organization_id, path)
    JOIN volumes_agreedquantity q ON q.version_id = %(version)s AND q.filing_id = f.id AND q.agreed > 0
    JOIN unnest(%(reported)s::bigint[], %(carried)s::bigint[]) AS c(reported_id, item_id)
        ON c.reported_id = q.item_id
)"""
VOLUMES = """
    INSERT INTO allocation_allocationrow (project_id, organization_id, item_id, path, reported, given, agreed, kept,
        pending, lowest, highest, other, is_excluded, lowest_state, highest_state, other_state,
        moved_lowest, moved_highest, unplaced)
    SELECT %(project)s, s.organization_id, s.item_id, s.path, s.reported, s.given, s.a, s.k, s.p, s.l, s.h,
        CASE WHEN s.without_winner THEN 0 ELSE s.p - s.l - s.h END, s.without_winner AND s.p > 0,
        'empty', 'empty', 'empty', 0, 0, 0
    FROM split s ORDER BY s.path, s.item_id
"""
GROUPS = """
    SELECT DISTINCT i.product_group FROM review_filing f
    JOIN volumes_agreedquantity q ON q.version_id = %(version)s AND q.filing_id = f.id AND q.agreed > 0
    JOIN projects_catalogitem i ON i.id = q.item_id
    WHERE f.project_id = %(source)s AND f.path = %(province)s
"""
FORGET = "DELETE FROM allocation_allocationrow WHERE project_id = %(project)s"


class Carried(NamedTuple):
    """An item of the demand project, and what became of it in the draft."""

    reported: int
    item: int


class Member(NamedTuple):
    """The filing of an institution in the demand project."""

    filing: int
    organization: int
    path: str


def copy_participants(*, project: int, source: int) -> int:
    """Who reported and was approved up to the province."""
    return planned_run(PARTICIPANTS, {"project": project, "source": source})


def copy_winners(*, project: int, winners: int) -> int:
    """Winning products with terms, capacities and provinces; returns how many products came along."""
    which = {"project": project, "winners": winners}
    count = planned_run(PRODUCTS, which)
    planned_run(TERMS, which)
    planned_run(CAPACITIES, which)
    for model in (SupplyProvince, PrimaryProvince):
        planned_run(PLACES.format(table=model._meta.db_table), which)
    return count


def provinces_of(source: int) -> list[str]:
    """Paths of the provinces that the agreed volumes are made of."""
    return [path for (path,) in planned_rows(PROVINCES, {"source": source})]


def forget_volumes(project: int) -> None:
    planned_run(FORGET, {"project": project})


def carried_items(*, project: int, version: int) -> list[Carried]:
    rows = planned_rows(CARRIED, {"project": project, "version": version})
    return [Carried(*row) for row in rows]


def groups_in(*, source: int, version: int, province: str) -> list[str]:
    """Product groups that somebody in the province has agreed volumes in."""
    which = {"source": source, "version": version, "province": province}
    return [group for (group,) in planned_rows(GROUPS, which)]


def members_in(*, source: int, province: str) -> list[Member]:
    rows = planned_rows(MEMBERS, {"source": source, "province": province})
    return [Member(*row) for row in rows]


def insert_volumes(
    project: Project,
    *,
    version: int,
    split: Mapping[str, Any],
    members: Sequence[Member],
    carried: Sequence[Carried],
) -> int:
    """The volumes of one province's institutions, split at once; `split` is what the split is told."""
    values = {
        "version": version,
        **split,
        "reported": [item.reported for item in carried],
        "carried": [item.item for item in carried],
        "filings": [member.filing for member in members],
        "members": [member.organization for member in members],
        "paths": [member.path for member in members],
    }
    return quick_run(split_statement(project, VOLUMES, source=PUBLISHED), values)


def group_sums(project: int) -> list[tuple[Any, ...]]:
    """The columns of `GROUP_SUMS` as they come, by group."""
    return quick_rows(GROUP_SUMS, {"project": project})


def without_winner(project: int) -> list[str]:
    """Product groups that nobody won anything in."""
    return [group for (group,) in planned_rows(WITHOUT_WINNER, {"project": project})]
