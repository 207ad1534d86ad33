"""Planting the filing tree of a project: a handful of statements, whatever its size.

An institution that reports through another takes no part; a bureau has a filing if its tier is in its
province's chain and an institution takes part below it; skipped tiers have none (S2-10).

Bureaus come first and institutions are inserted with their parent: an update of every filing costs as much again.
The planner knows nothing of rows just written, and what follows in the publishing transaction joins on them: without
fresh statistics a first national round takes minutes where seconds do.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from apps.organizations.models import Organization
from apps.projects.models import Participation, Project
from apps.review.models import Filing
from apps.scope.paths import ancestors
from apps.scope.planning import freshen

_INSERT = """
    INSERT INTO review_filing (project_id, organization_id, parent_id, path, tier, reviewer_tier, kind, status,
        version, reported_once, substituted, maintained, return_reason)
"""

# A bureau's subtree is one range of paths: a probe for each bureau, whatever the number of institutions.
BUREAUS = f"""
    {_INSERT}
    SELECT %(project)s, o.id, NULL, o.path, o.tier, '', %(kind)s, 'draft', 0, FALSE, FALSE, FALSE, ''
    FROM organizations_organization o
    LEFT JOIN projects_provincesettings s ON s.project_id = %(project)s
        AND s.path = '/' || split_part(o.path, '/', 2) || '/' || split_part(o.path, '/', 3) || '/'
    WHERE (o.tier = 'alliance' OR (
        o.tier = ANY(COALESCE(s.chain, %(chain)s)) AND EXISTS (
            SELECT 1 FROM projects_participation p JOIN organizations_organization i ON i.id = p.organization_id
            WHERE p.project_id = %(project)s AND p.path >= o.path AND p.path < o.path || '~'
                AND i.reports_through_id IS NULL
        )
    ))
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
    SELECT %(project)s, o.id, above.filing_id, o.path, o.tier, above.tier, %(kind)s, 'draft', 0, FALSE, FALSE,
        COALESCE(s.mode = 'maintained', FALSE), ''
    FROM projects_participation p
    JOIN organizations_organization o ON o.id = p.organization_id
    JOIN nearest above ON above.organization_id = o.parent_id
    LEFT JOIN projects_provincesettings s ON s.project_id = %(project)s
        AND s.path = '/' || split_part(o.path, '/', 2) || '/' || split_part(o.path, '/', 3) || '/'
    WHERE p.project_id = %(project)s AND o.reports_through_id IS NULL
    ORDER BY o.path
"""  # noqa: S608 - no value in it

# After publication: bureaus that had nobody below them until now, then the institutions that join.
LATE_BUREAUS = BUREAUS.replace(
    "ORDER BY o.path",
    """
    AND o.path = ANY(%(lineage)s)
    AND NOT EXISTS (SELECT 1 FROM review_filing f WHERE f.project_id = %(project)s AND f.organization_id = o.id)
    ORDER BY o.path
    """,
)
LATE_PARENTS = f"{PARENTS} AND f.parent_id IS NULL AND f.tier <> 'alliance'"
LATE_INSTITUTIONS = INSTITUTIONS.replace(
    "ORDER BY o.path", "AND o.id = ANY(%(units)s) ORDER BY o.path"
)


def plant_tree(project: Project) -> None:
    """Insert the filings of bureaus and institutions, each joined to the nearest one above it."""
    freshen(Participation)
    _run((BUREAUS, PARENTS, INSTITUTIONS), _values(project))
    freshen(Filing)


def plant_late(project: Project, units: Sequence[Organization]) -> None:
    """Insert the filings of institutions that join a published round, and of bureaus that lacked one; three statements.

    The institutions take part already. No filing that exists changes its parent: a bureau without one had nobody
    below it.
    """
    lineage = sorted({path for unit in units for path in ancestors(unit.path)})
    more = {"units": [unit.pk for unit in units], "lineage": lineage}
    _run((LATE_BUREAUS, LATE_PARENTS, LATE_INSTITUTIONS), _values(project) | more)


def _values(project: Project) -> dict[str, Any]:
    return {"project": project.pk, "kind": project.kind, "chain": list(project.chain)}


def _run(statements: Iterable[str], values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
