"""Who did not report, which packages of bureaus stand in the way, and what can still be undone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.organizations.models import Tier
from apps.projects.domain.windows.timings import time_over
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.filing import FilingQuerySet
from apps.review.models.statuses import FROZEN, Status
from apps.ui.pages.seen_sets import Stamp, stamp_of


@dataclass(frozen=True, slots=True)
class Missing:
    """Institutions that never reported: those whose time is over, by path, and how many may still report.

    `packages` are the bureaus' filings that lock some of them, from the top down; `locked` are the bureaus (filing
    ids) right above those. Nothing here grows with the number of institutions: `over` is read by whom it concerns.
    """

    over: FilingQuerySet
    count: int
    still_open: int
    packages: tuple[Filing, ...]
    locked: frozenset[int]

    @property
    def free(self) -> FilingQuerySet:
        """Those that need no package to be returned."""
        return self.over.exclude(parent__in=self.locked)

    @property
    def stamp(self) -> Stamp:
        """Of everybody who is touched: the institutions, and the bureaus whose packages are returned."""
        return stamp_of(self.over.order_by()) + Stamp.of_keys(filing.pk for filing in self.packages)

    def among(self, keys: Collection[int]) -> "Missing":
        """Those of these filings that are still missing, and those of these packages that still lock some."""
        over = self.over.filter(pk__in=keys)
        packages = tuple(filing for filing in self.packages if filing.pk in keys)
        return replace(self, over=over, count=over.count(), packages=packages)

    def is_locked(self, filing: Filing) -> bool:
        return filing.parent_id in self.locked


def never_reported(project: Project) -> FilingQuerySet:
    rows: FilingQuerySet = Filing.objects.of_project(project).institutions()
    return rows.filter(status=Status.DRAFT, reported_once=False)


def missing_of(project: Project, *, at: datetime) -> Missing:
    """Two or three statements for any number; nobody is missing any more where the project is concluded."""
    rows = never_reported(project)
    if not project.is_in_progress:
        return Missing(rows.none(), 0, 0, (), frozenset())
    is_over = time_over(project, Tier.INSTITUTION, at)
    bureaus = [_Bureau.of(*row) for row in _numbers(rows, is_over)]
    count = sum(bureau.over for bureau in bureaus)
    return Missing(
        over=rows.filter(is_over).with_organization().order_by("path"),
        count=count,
        still_open=sum(bureau.all for bureau in bureaus) - count,
        packages=_packages({pk for bureau in bureaus if bureau.over for pk in bureau.frozen}),
        locked=frozenset(bureau.pk for bureau in bureaus if bureau.over and bureau.frozen),
    )


ABOVE = ("parent", "parent__parent", "parent__parent__parent")
"""County, city and province; the root is frozen only where the project is concluded."""


@dataclass(frozen=True, slots=True)
class _Bureau:
    """How many institutions right below a bureau are missing, how many too late, and which packages hold them."""

    pk: int
    frozen: tuple[int, ...]
    all: int
    over: int

    @classmethod
    def of(cls, *row: Any) -> "_Bureau":
        *above, number, over = row
        pairs = zip(above[::2], above[1::2], strict=True)
        return cls(above[0], tuple(pk for pk, status in pairs if status in FROZEN), number, over)


def _numbers(rows: FilingQuerySet, is_over: Q) -> Iterable[tuple[Any, ...]]:
    chain = [f"{above}{field}" for above in ABOVE for field in ("_id", "__status")]
    numbers: Iterable[tuple[Any, ...]] = (
        rows.order_by()
        .values_list(*chain)
        .annotate(number=Count("pk"), over=Count("pk", filter=is_over))
    )
    return numbers


def _packages(frozen: Collection[int]) -> tuple[Filing, ...]:
    if not frozen:
        return ()
    rows = Filing.objects.filter(pk__in=frozen).select_related("organization")
    return tuple(rows.select_related("parent__organization").order_by("path"))


def undoable(project: Project) -> QuerySet[Filing]:
    """What 系统代分 reported and nobody approved or returned since; above it may be locked."""
    rows: QuerySet[Filing] = Filing.objects.of_project(project).institutions()
    return rows.filter(status=Status.SUBMITTED, substituted=True)
