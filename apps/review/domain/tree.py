"""Planting the filing tree of a project: a handful of statements, whatever its size.

An institution that reports through another takes no part; a bureau has a filing if its tier is in its
province's chain and an institution takes part below it; skipped tiers have none (S2-10).

Bureaus come first and institutions are inserted with their parent: an update of every filing costs as much again.
The planner knows nothing of rows just written, and what follows in the publishing transaction joins on them: without
fresh statistics a first national round takes minutes where seconds do.
"""

from collections.abc import Sequence

from apps.organizations.models import Organization
from apps.projects.models import Participation, Project
from apps.review.domain.filings import sql
from apps.review.models import Filing
from apps.scope.paths import ancestors
from apps.scope.sql import freshen


def plant_tree(project: Project) -> None:
    """Insert the filings of bureaus and institutions, each joined to the nearest one above it."""
    freshen(Participation)
    sql.plant(project.pk, kind=project.kind, chain=project.chain)
    freshen(Filing)


def uproot_tree(project: Project) -> int:
    """The contrary of `plant_tree`, where nothing was done yet. Returns how many filings there were."""
    return sql.uproot(project.pk)


def plant_late(project: Project, units: Sequence[Organization]) -> None:
    """Insert the filings of institutions that join a published round, and of bureaus that lacked one; three statements.

    The institutions take part already. No filing that exists changes its parent: a bureau without one had nobody
    below it.
    """
    lineage = sorted({path for unit in units for path in ancestors(unit.path)})
    sql.plant_late(
        project.pk,
        kind=project.kind,
        chain=project.chain,
        units=[unit.pk for unit in units],
        lineage=lineage,
    )
