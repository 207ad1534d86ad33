"""Who did not report, which packages of bureaus stand in the way, and what can still be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.projects.models import Project
from apps.review.locks import Branch, read_branch
from apps.review.models import Filing
from apps.review.models.filing import FilingQuerySet
from apps.review.standing import situations
from apps.review.statuses import FROZEN, Status


@dataclass(frozen=True, slots=True)
class Missing:
    """Institutions that never reported: those whose time is over, by path, and how many may still report.

    `packages` are the bureaus' filings that lock some of them, from the top down; `locked` says which (by id).
    """

    over: tuple[Filing, ...]
    still_open: int
    packages: tuple[Filing, ...]
    locked: frozenset[int]

    @property
    def free(self) -> tuple[Filing, ...]:
        """Those that need no package to be returned."""
        return tuple(filing for filing in self.over if filing.pk not in self.locked)


def never_reported(project: Project) -> FilingQuerySet:
    rows: FilingQuerySet = Filing.objects.of_project(project).institutions()
    return rows.filter(status=Status.DRAFT, reported_once=False)


def missing_of(project: Project, *, at: datetime) -> Missing:
    """Constant statements for any number; nobody is missing any more where the project is concluded."""
    if not project.is_in_progress:
        return Missing((), 0, (), frozenset())
    rows = list(never_reported(project).with_organization().order_by("path"))
    branch = read_branch(rows)
    facing = zip(rows, situations(project, rows, branch, at), strict=True)
    over = tuple(row for row, situation in facing if situation.is_over)
    return Missing(
        over=over,
        still_open=len(rows) - len(over),
        packages=_packages(over, branch),
        locked=frozenset(row.pk for row in over if branch.is_frozen(row)),
    )


def _packages(rows: Sequence[Filing], branch: Branch) -> tuple[Filing, ...]:
    frozen = {upper.pk for row in rows for upper in branch.above(row) if upper.status in FROZEN}
    if not frozen:
        return ()
    found = Filing.objects.filter(pk__in=frozen).select_related("organization")
    return tuple(found.select_related("parent__organization").order_by("path"))


def undoable(project: Project) -> QuerySet[Filing]:
    """What 系统代分 reported and nobody approved or returned since; above it may be locked."""
    rows: QuerySet[Filing] = Filing.objects.of_project(project).institutions()
    return rows.filter(status=Status.SUBMITTED, substituted=True)
