"""Locks on a branch of the filing tree, in one order everywhere: ancestors shared, then filings, then pools.

Both kinds are taken top-down by path, so a save (shared ancestors, own filing) and a return through several
tiers (their filings) never wait for each other in a circle. This is the one place that reads filings of upper
tiers regardless of scope, and it reads their place, status and deadline only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigAutoField, BigIntegerField, QuerySet

from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from apps.scope.paths import ancestors
from apps.scope.prepared import Prepared
from apps.scope.together import Ask, send


@dataclass(frozen=True, slots=True)
class Ancestor:
    """What a lower tier may know of an upper filing."""

    pk: int
    organization_id: int
    path: str
    tier: str
    status: Status
    correction_deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Branch:
    """Locked filings, freshly read, with all their ancestors by path."""

    filings: tuple[Filing, ...]
    ancestors: dict[str, Ancestor]

    def above(self, filing: Filing) -> list[Ancestor]:
        """The filing's ancestors from the root down; skipped tiers have none."""
        return [self.ancestors[path] for path in ancestors(filing.path) if path in self.ancestors]

    def is_frozen(self, filing: Filing) -> bool:
        """Whether an ancestor is submitted or approved."""
        return any(ancestor.status in FROZEN for ancestor in self.above(filing))


SHARE_ANCESTORS = """
    SELECT id, organization_id, path, tier, status, correction_deadline FROM review_filing
    WHERE project_id = %s AND path = ANY(%s) ORDER BY path FOR SHARE
"""
READ_ANCESTORS = SHARE_ANCESTORS.replace("FOR SHARE", "")
FEW = 8
"""So many are named one by one: for a list of unknown length the server makes a new plan each time."""


def lock_branch(filings: Sequence[Filing], *along: Ask[Any]) -> Branch:
    """Lock filings of one project for writing, within a transaction; returns them freshly read, by path.

    A filing outside the scope is not returned: compare the numbers. `along` is what to read under the lock; for
    one filing all of it is one trip to the server.
    """
    if not filings:
        return Branch((), {})
    project_id = filings[0].project_id
    above = _Above(SHARE_ANCESTORS, project_id, (filing.path for filing in filings))
    if len(filings) == 1:
        own = ONE_FILING.ask(pk=filings[0].pk, project=project_id)
        send(above, own, *along)
        return Branch(tuple(own.answer), above.answer)
    send(above)
    fresh = tuple(_locked(pk__in=[filing.pk for filing in filings], project_id=project_id))
    send(*along)
    return Branch(fresh, above.answer)


def _locked(**which: Any) -> QuerySet[Filing]:
    rows = Filing.objects.filter(**which).select_related("organization").order_by("path")
    return rows.select_for_update(of=("self",), no_key=True)


ONE_FILING: Prepared[Filing] = Prepared(
    lambda pk, project: _locked(pk=pk, project_id=project),
    pk=BigAutoField(),
    project=BigIntegerField(),
)
"""The one filing of a save; every save locks it."""


def read_branch(filings: Sequence[Filing]) -> Branch:
    """The same without locks, for pages."""
    if not filings:
        return Branch((), {})
    above = _Above(READ_ANCESTORS, filings[0].project_id, (filing.path for filing in filings))
    send(above)
    return Branch(tuple(filings), above.answer)


def lock_places(project_id: int, paths: Iterable[str]) -> dict[str, Ancestor]:
    """Share-lock whatever filings stand above these places, by path: for filings that are only now planted."""
    above = _Above(SHARE_ANCESTORS, project_id, paths)
    send(above)
    return above.answer


class _Above(Ask[dict[str, Ancestor]]):
    """The filings above some places, by path."""

    def __init__(self, sql: str, project_id: int, paths: Iterable[str]) -> None:
        wanted = sorted({path for own in paths for path in ancestors(own)})
        if 0 < len(wanted) <= FEW:
            marks = ", ".join(["%s"] * len(wanted))
            super().__init__(sql.replace("= ANY(%s)", f"IN ({marks})"), (project_id, *wanted))
        else:
            super().__init__(sql, (project_id, wanted))

    def read(self, cursor: Any) -> dict[str, Ancestor]:
        return {
            path: Ancestor(pk, organization_id, path, tier, Status(status), deadline)
            for pk, organization_id, path, tier, status, deadline in cursor.fetchall()
        }
