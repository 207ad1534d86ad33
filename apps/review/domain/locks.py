"""Locks on a branch of the filing tree, in one order everywhere: ancestors shared, then filings, then pools.

Both kinds are taken top-down by path, so a save (shared ancestors, own filing) and a return through several
tiers (their filings) never wait for each other in a circle. This is the one place that reads filings of upper
tiers regardless of scope, and it reads their place, status and deadline only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigAutoField, BigIntegerField, CharField, F, Q, QuerySet

from apps.organizations.models import Organization
from apps.review.domain.filings.sql import (
    Ancestor,
    read_ancestors,
    share_ancestors,
    share_ancestors_in,
)
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.database import Ask, send
from apps.scope.paths import ancestors
from apps.scope.prepared import Among, Prepared

__all__ = ["Ancestor", "Branch", "lock_branch", "lock_own", "lock_places", "read_branch"]


@dataclass(frozen=True, slots=True)
class Branch:
    """Locked filings, freshly read, with all their ancestors by path."""

    filings: tuple[Filing, ...]
    ancestors: dict[str, Ancestor]
    _above: dict[str, list[Ancestor]] = field(default_factory=dict, compare=False, repr=False)

    def above(self, filing: Filing) -> Sequence[Ancestor]:
        """The filing's ancestors from the root down; skipped tiers have none. Thousands have the same."""
        place = filing.path[: filing.path.rfind("/", 0, -1)]
        known = self._above.get(place)
        if known is None:
            paths = ancestors(filing.path)
            known = [self.ancestors[path] for path in paths if path in self.ancestors]
            self._above[place] = known
        return known

    def is_frozen(self, filing: Filing) -> bool:
        """Whether an ancestor is submitted or approved."""
        return any(ancestor.status in FROZEN for ancestor in self.above(filing))

    def is_liftable(self, filing: Filing, place: str) -> bool:
        """Whether something locks the filing, and all of it stands below this place."""
        held = [above.path for above in self.above(filing) if above.status in FROZEN]
        return bool(place and held) and all(
            path.startswith(place) and path != place for path in held
        )


def lock_branch(filings: Sequence[Filing], *along: Ask[Any]) -> Branch:
    """Lock filings of one project for writing, within a transaction; returns them freshly read, by path.

    A filing outside the scope is not returned: compare the numbers. `along` is what to read under the lock; for
    one filing all of it is one trip to the server.
    """
    if not filings:
        return Branch((), {})
    project_id = filings[0].project_id
    above = share_ancestors(project_id, (filing.path for filing in filings))
    if len(filings) == 1:
        own = ONE_FILING.ask(pk=filings[0].pk, project=project_id)
        send(above, own, *along)
        return Branch(tuple(own.answer), above.answer)
    send(above)
    many = MANY_FILINGS.ask(pks=[filing.pk for filing in filings], project=project_id)
    send(many)
    send(*along)
    return Branch(tuple(many.answer), above.answer)


def lock_own(code: str, unit: Organization, *along: Ask[Any]) -> Branch:
    """The same of a unit's own filing in the project of this code, which comes with it: found and locked in one trip.

    A filing's path is that of its unit, and neither changes.
    """
    above = share_ancestors_in(code, [unit.path])
    own = OWN_FILING.ask(organization=unit.pk, code=code)
    send(above, own, *along)
    return Branch(tuple(own.answer), above.answer)


def _locked(*which: Any, **more: Any) -> QuerySet[Filing]:
    rows = Filing.objects.filter(*which, **more).select_related("organization").order_by("path")
    return rows.select_for_update(of=("self",), no_key=True)


ONE_FILING: Prepared[Filing] = Prepared(
    lambda pk, project: _locked(pk=pk, project_id=project),
    pk=BigAutoField(),
    project=BigIntegerField(),
)
"""The one filing of a save; every save locks it."""
OWN_FILING: Prepared[Filing] = Prepared(
    lambda organization, code: _locked(
        organization_id=organization, project__code=code
    ).select_related("organization", "project"),
    organization=BigIntegerField(),
    code=CharField(),
)
"""The same with its project, for who knows no more than its code."""
MANY_FILINGS: Prepared[Filing] = Prepared(
    lambda pks, project: _locked(Q(Among(F("pk"), pks)), project_id=project),
    pks=ArrayField(BigIntegerField()),
    project=BigIntegerField(),
)
"""Thousands are one value, where `IN` makes a text with thousands of them."""


def read_branch(filings: Sequence[Filing]) -> Branch:
    """The same without locks, for pages."""
    if not filings:
        return Branch((), {})
    above = read_ancestors(filings[0].project_id, (filing.path for filing in filings))
    send(above)
    return Branch(tuple(filings), above.answer)


def lock_places(project_id: int, paths: Iterable[str]) -> dict[str, Ancestor]:
    """Share-lock whatever filings stand above these places, by path: for filings that are only now planted."""
    above = share_ancestors(project_id, paths)
    send(above)
    return above.answer
