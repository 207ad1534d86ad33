"""Planting the filing tree of a project: three statements, whatever its size.

An institution that reports through another takes no part; a bureau has a filing if its tier is in its
province's chain and an institution takes part below it; skipped tiers have none (S2-10).
"""

from django.db import connection

from apps.projects.models import Project

INSTITUTIONS = """
    INSERT INTO review_filing (project_id, organization_id, path, tier, reviewer_tier, kind, status, version,
        reported_once, substituted, return_reason)
    SELECT p.project_id, o.id, o.path, o.tier, '', %(kind)s, 'draft', 0, FALSE, FALSE, ''
    FROM projects_participation p JOIN organizations_organization o ON o.id = p.organization_id
    WHERE p.project_id = %(project)s AND o.reports_through_id IS NULL
    ORDER BY o.path
"""

BUREAUS = """
    INSERT INTO review_filing (project_id, organization_id, path, tier, reviewer_tier, kind, status, version,
        reported_once, substituted, return_reason)
    SELECT %(project)s, o.id, o.path, o.tier, '', %(kind)s, 'draft', 0, FALSE, FALSE, ''
    FROM organizations_organization o
    LEFT JOIN projects_provincesettings s ON s.project_id = %(project)s
        AND s.path = (review_lineage(o.path))[2]
    WHERE o.tier = 'alliance' OR (
        o.tier = ANY(COALESCE(s.chain, %(chain)s)) AND o.path IN (
            SELECT DISTINCT unnest(review_lineage(f.path)) FROM review_filing f
            WHERE f.project_id = %(project)s AND f.tier = 'institution'
        )
    )
"""

PARENTS = """
    UPDATE review_filing f SET parent_id = above.id, reviewer_tier = above.tier
    FROM (
        SELECT DISTINCT ON (child.id) child.id AS child_id, upper.id, upper.tier
        FROM review_filing child
        CROSS JOIN LATERAL unnest(review_lineage(child.path)) AS step(path)
        JOIN review_filing upper ON upper.project_id = child.project_id AND upper.path = step.path
        WHERE child.project_id = %(project)s AND upper.path <> child.path
        ORDER BY child.id, length(upper.path) DESC
    ) AS above
    WHERE f.id = above.child_id
"""


def plant_tree(project: Project) -> None:
    """Insert the filings of institutions and bureaus and join each to the nearest one above it."""
    values = {"project": project.pk, "kind": project.kind, "chain": list(project.chain)}
    with connection.cursor() as cursor:
        for statement in (INSTITUTIONS, BUREAUS, PARENTS):
            cursor.execute(statement, values)
