"""The filing tree of a project: planted in a handful of statements, its ancestors read and locked, its counts folded.

Invariant: bound to one project, but for folding; of filings above the scope their place, status and deadline is read,
and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.review.models.statuses import Status
from apps.scope.database import Ask, planned_rows, rows, run
from apps.scope.paths import ancestors


@dataclass(frozen=True, slots=True)
class Ancestor:
    """What a lower tier may know of an upper filing."""

    pk: int
    organization_id: int
    path: str
    tier: str
    status: Status
    correction_deadline: datetime | None


SHARE_ANCESTORS = """
    SELECT id, organization_id, path, tier, status, correction_deadline FROM review_filing
    WHERE project_id = %s AND path = ANY(%s) ORDER BY path FOR SHARE
"""
SHARE_ANCESTORS_IN = SHARE_ANCESTORS.replace(
    "project_id = %s", "project_id = (SELECT id FROM projects_project WHERE code = %s)"
)
READ_ANCESTORS = SHARE_ANCESTORS.replace("FOR SHARE", "")
FEW = 8
"""So many are named one by one: for a list of unknown length the server makes a new plan each time."""


class AncestorsAsk(Ask[dict[str, Ancestor]]):
    """The filings above some places, by path."""

    def __init__(self, sql: str, project: int | str, paths: Iterable[str]) -> None:
        above = {own[: own.rindex("/", 0, -1) + 1]: own for own in paths}
        wanted = sorted({path for own in above.values() for path in ancestors(own)})
        if 0 < len(wanted) <= FEW:
            marks = ", ".join(["%s"] * len(wanted))
            super().__init__(sql.replace("= ANY(%s)", f"IN ({marks})"), (project, *wanted))
        else:
            super().__init__(sql, (project, wanted))

    def read(self, cursor: Any) -> dict[str, Ancestor]:
        return {
            path: Ancestor(pk, organization_id, path, tier, Status(status), deadline)
            for pk, organization_id, path, tier, status, deadline in cursor.fetchall()
        }


def share_ancestors(project: int, paths: Iterable[str]) -> AncestorsAsk:
    """The filings above these places, locked against changes."""
    return AncestorsAsk(SHARE_ANCESTORS, project, paths)


def share_ancestors_in(code: str, paths: Iterable[str]) -> AncestorsAsk:
    """The same in the project of this code."""
    return AncestorsAsk(SHARE_ANCESTORS_IN, code, paths)


def read_ancestors(project: int, paths: Iterable[str]) -> AncestorsAsk:
    """The same without locks."""
    return AncestorsAsk(READ_ANCESTORS, project, paths)


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
    WHERE o.tier <> 'institution' AND (o.tier = 'alliance' OR (
        o.tier = ANY(COALESCE(s.chain, %(chain)s)) AND EXISTS (
            SELECT 1 FROM projects_participation p JOIN organizations_organization i ON i.id = p.organization_id
            WHERE p.project_id = %(project)s AND p.path >= o.path AND p.path < o.path || '~'
                AND i.reports_through_id IS NULL
        )
    ))
    ORDER BY o.path
"""  # noqa: S608 - no value in it
# Of every bureau the nearest filing at it or above it, walking down the organisations. `+ 0`: by the organisation's few
# filings; the planner takes the project's, written just now, for none, and would read them all for each bureau.
_NEAREST = """
    WITH RECURSIVE nearest (organization_id, filing_id, tier) AS (
        SELECT o.id, f.id, f.tier
        FROM organizations_organization o JOIN review_filing f ON f.organization_id = o.id
        WHERE o.tier = 'alliance' AND f.project_id = %(project)s
        UNION ALL
        SELECT o.id, COALESCE(f.id, above.filing_id), COALESCE(f.tier, above.tier)
        FROM nearest above
        JOIN organizations_organization o ON o.parent_id = above.organization_id AND o.tier <> 'institution'
        LEFT JOIN review_filing f ON f.organization_id = o.id AND f.project_id + 0 = %(project)s
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


def plant(project: int, *, kind: str, chain: Sequence[str]) -> None:
    """Three statements: bureaus, their parents, institutions."""
    values = {"project": project, "kind": kind, "chain": list(chain)}
    _run_all((BUREAUS, PARENTS, INSTITUTIONS), values)


def plant_late(
    project: int, *, kind: str, chain: Sequence[str], units: Sequence[int], lineage: Sequence[str]
) -> None:
    """The same for some institutions and for the bureaus of `lineage` that have no filing yet."""
    values = {"project": project, "kind": kind, "chain": list(chain)}
    more = {"units": list(units), "lineage": list(lineage)}
    _run_all((LATE_BUREAUS, LATE_PARENTS, LATE_INSTITUTIONS), values | more)


UPROOT = "DELETE FROM review_filing WHERE project_id = %s"


def uproot(project: int) -> int:
    """The whole tree at once; the database refuses where anything points to one of its filings."""
    return run(UPROOT, [project])


def _run_all(statements: Iterable[str], values: Mapping[str, Any]) -> None:
    for statement in statements:
        run(statement, values)


# Rows go and their sum comes in one statement: nobody sees them twice or not at all. What is added meanwhile stays as
# it is; who folds at the same time passes over rows that are gone.
FOLD = """
    WITH added AS (SELECT DISTINCT parent_id FROM review_filingcount WHERE NOT folded), gone AS (
        DELETE FROM review_filingcount c USING added WHERE c.parent_id = added.parent_id
        RETURNING c.project_id, c.parent_id, c.path, c.tier, c.status, c.substituted, c.maintained, c.number
    ), kept AS (
        INSERT INTO review_filingcount
            (project_id, parent_id, path, tier, status, substituted, maintained, number, folded)
        SELECT project_id, parent_id, path, tier, status, substituted, maintained, SUM(number), TRUE FROM gone
        GROUP BY project_id, parent_id, path, tier, status, substituted, maintained HAVING SUM(number) <> 0
    )
    SELECT COUNT(*) FROM gone
"""
# By the filings' own parents and units, which the counts' triggers don't read.
UNCOUNTED = """
    SELECT path, status, COALESCE(kept.number, 0), COALESCE(found.number, 0)
    FROM (
        SELECT parent_id, path, tier, status, substituted, maintained, SUM(number) AS number
        FROM review_filingcount WHERE project_id = %(project)s
        GROUP BY parent_id, path, tier, status, substituted, maintained HAVING SUM(number) <> 0
    ) kept
    FULL JOIN (
        SELECT f.parent_id, left(f.path, length(f.path) - strpos(reverse(rtrim(f.path, '/')), '/')) AS path,
            f.tier, f.status, f.substituted, f.maintained, COUNT(*) AS number
        FROM review_filing f WHERE f.project_id = %(project)s AND f.parent_id IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6
    ) found USING (parent_id, path, tier, status, substituted, maintained)
    WHERE COALESCE(kept.number, 0) <> COALESCE(found.number, 0)
    ORDER BY 1, 2 LIMIT 20
"""


def fold() -> int:
    """How many rows were put together."""
    return int(rows(FOLD)[0][0])


def uncounted(project: int) -> list[tuple[str, str, int, int]]:
    """Unit, status, what is counted there and what is there."""
    return [(*row,) for row in planned_rows(UNCOUNTED, {"project": project})]
