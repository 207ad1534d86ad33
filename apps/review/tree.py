"""Planting the filing tree of a project: four statements, whatever its size.

An institution that reports through another takes no part; a bureau has a filing if its tier is in its
province's chain and an institution takes part below it; skipped tiers have none (S2-10).

Bureaus come first and institutions are inserted with their parent: an update of every filing costs as much again.
The planner knows nothing of rows just written, and what follows in the publishing transaction joins on them: without
fresh statistics a first national round takes minutes where seconds do.
"""

from typing import Any

from django.db import connection

from apps.projects.models import Project

_INSERT = """
    INSERT INTO review_filing (project_id, organization_id, parent_id, path, tier, reviewer_tier, kind, status,
        version, reported_once, substituted, return_reason)
"""

# A bureau's subtree is one range of paths: a probe for each bureau, whatever the number of institutions.
BUREAUS = f"""
    {_INSERT}
    SELECT %(project)s, o.id, NULL, o.path, o.tier, '', %(kind)s, 'draft', 0, FALSE, FALSE, ''
    FROM organizations_organization o
    LEFT JOIN projects_provincesettings s ON s.project_id = %(project)s
        AND s.path = '/' || split_part(o.path, '/', 2) || '/' || split_part(o.path, '/', 3) || '/'
    WHERE o.tier = 'alliance' OR (
        o.tier = ANY(COALESCE(s.chain, %(chain)s)) AND EXISTS (
            SELECT 1 FROM projects_participation p JOIN organizations_organization i ON i.id = p.organization_id
            WHERE p.project_id = %(project)s AND p.path >= o.path AND p.path < o.path || '~'
                AND i.reports_through_id IS NULL
        )
    )
    ORDER BY o.path
"""  # noqa: S608 - no value in it

# Of every bureau the nearest filing at it or above it, walking down the organisations.
_NEAREST = """
    WITH RECURSIVE nearest (organization_id, filing_id, tier) AS (
        SELECT o.id, f.id, f.tier
        FROM organizations_organization o JOIN review_filing f ON f.organization_id = o.id
        WHERE o.tier = 'alliance' AND f.project_id = %(project)s
        UNION ALL
        SELECT o.id, COALESCE(f.id, above.filing_id), COALESCE(f.tier, above.tier)
        FROM nearest above
        JOIN organizations_organization o ON o.parent_id = above.organization_id AND o.tier <> 'institution'
        LEFT JOIN review_filing f ON f.organization_id = o.id AND f.project_id = %(project)s
    )
"""

PARENTS = f"""
    {_NEAREST}
    UPDATE review_filing f SET parent_id = above.filing_id, reviewer_tier = above.tier
    FROM organizations_organization o JOIN nearest above ON above.organization_id = o.parent_id
    WHERE f.project_id = %(project)s AND f.organization_id = o.id
"""  # noqa: S608 - no value in it

INSTITUTIONS = f"""
    {_NEAREST}
    {_INSERT}
    SELECT %(project)s, o.id, above.filing_id, o.path, o.tier, above.tier, %(kind)s, 'draft', 0, FALSE, FALSE, ''
    FROM projects_participation p
    JOIN organizations_organization o ON o.id = p.organization_id
    JOIN nearest above ON above.organization_id = o.parent_id
    WHERE p.project_id = %(project)s AND o.reports_through_id IS NULL
    ORDER BY o.path
"""  # noqa: S608 - no value in it

STATISTICS = "ANALYZE review_filing"


def plant_tree(project: Project) -> None:
    """Insert the filings of bureaus and institutions, each joined to the nearest one above it."""
    values: dict[str, Any] = {
        "project": project.pk,
        "kind": project.kind,
        "chain": list(project.chain),
    }
    with connection.cursor() as cursor:
        for statement in (BUREAUS, PARENTS, INSTITUTIONS, STATISTICS):
            cursor.execute(statement, values)
