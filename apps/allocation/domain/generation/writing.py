"""What a draft gets of its demand project: a handful of statements, and one for the volumes of each province.

Invariant: an institution's agreed and confirmed volumes are those of the published version, to the unit; how the rest
is divided among the slots follows from the winners and the project's shares (rules §3a.2).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Value

from apps.allocation.domain.publication.designating import Place, picks_of, standing_of
from apps.allocation.domain.publication.splitting import split_statement, split_values
from apps.allocation.domain.publication.winners import Winner
from apps.projects.domain.copying import ITEM_FIELDS
from apps.projects.domain.sql import insert_select
from apps.projects.models import CatalogItem, PrimaryProvince, Project, SupplyProvince
from apps.scope.database import planned_rows as rows
from apps.scope.database import planned_run as run
from apps.scope.database import quick_run
from apps.volumes.models import AgreedVersion

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


def copy_items(project: Project, source: Project) -> int:
    """The catalogue of the demand project, whole."""
    items = CatalogItem.objects.filter(project=source)
    return insert_select(
        CatalogItem, ("project", *ITEM_FIELDS), items.values_list(Value(project.pk), *ITEM_FIELDS)
    )


def copy_participants(project: Project, source: Project) -> int:
    """Who reported and was approved up to the province."""
    return run(PARTICIPANTS, {"project": project.pk, "source": source.pk})


def copy_winners(project: Project, winners: Project) -> int:
    """The winning results of the season or of another allocation, as far as this catalogue has their items.

    What is here already stays; what it still lacks is completed. Returns how many products came along.
    """
    which = {"project": project.pk, "winners": winners.pk}
    count = run(PRODUCTS, which)
    run(TERMS, which)
    run(CAPACITIES, which)
    for model in (SupplyProvince, PrimaryProvince):
        run(PLACES.format(table=model._meta.db_table), which)
    return count


def provinces_of(source: Project) -> list[str]:
    """Paths of the provinces that the agreed volumes are made of."""
    return [path for (path,) in rows(PROVINCES, {"source": source.pk})]


def forget_volumes(project: Project) -> None:
    """Before they are written anew; nobody has allocated any, the project is not published."""
    run(FORGET, {"project": project.pk})


def carried_items(project: Project, version: AgreedVersion) -> Mapping[str, list[Any]]:
    """Which item became which, as values of `insert_volumes`."""
    found = rows(CARRIED, {"project": project.pk, "version": version.pk})
    return _columns(("reported", "carried"), found)


def insert_volumes(
    project: Project,
    *,
    source: Project,
    version: AgreedVersion,
    province: str,
    winners: Sequence[Winner],
    carried: Mapping[str, list[Any]],
) -> int:
    """The volumes of one province's institutions, split at once; returns the number of rows."""
    which = {"source": source.pk, "version": version.pk, "province": province}
    places = [Place(group, province, 0) for (group,) in rows(GROUPS, which)]
    found = standing_of(places, winners, picks_of(project))
    values = {
        "version": version.pk,
        **split_values(project, found, winners),
        **carried,
        **_columns(("filings", "members", "paths"), rows(MEMBERS, which)),
    }
    return quick_run(split_statement(project, VOLUMES, source=PUBLISHED), values)


def _columns(names: Sequence[str], found: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in found] for place, name in enumerate(names)}
