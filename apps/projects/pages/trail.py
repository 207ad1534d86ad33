"""From the rail to a page of a project: where work waits, else where one is at work."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.projects.models import Phase
from apps.projects.models.project import ProjectQuerySet

MOST = 200
UNDER_WAY = frozenset({Phase.PUBLISHED, Phase.CLOSED})


@dataclass(frozen=True, slots=True)
class Trail:
    """What the session keeps for one subsystem, named as its URL namespace; `nothing` says that it has no project."""

    subsystem: str
    nothing: str

    def remember(self, request: HttpRequest, code: str) -> None:
        """Costs a write only when the project changes."""
        if request.session.get(self._key) != code:
            request.session[self._key] = code

    def follow(
        self,
        request: HttpRequest,
        projects: ProjectQuerySet,
        page: str,
        *,
        waiting: Exists | None = None,
    ) -> HttpResponse:
        """To `page` of one of the `projects`; one statement. `waiting`: whether anything there waits for them."""
        waits = waiting if waiting is not None else Q(Value(False))  # noqa: FBT003
        rows = projects.recent_first().annotate(waits=waits).values_list("code", "phase", "waits")
        latest = list(rows[:MOST])
        if not latest:
            return render(request, self.nothing)
        return redirect(f"{self.subsystem}:{page}", code=chosen(latest, self.last(request)))

    def last(self, request: HttpRequest) -> str:
        return str(request.session.get(self._key, ""))

    @property
    def _key(self) -> str:
        return f"{self.subsystem}.project"


def chosen(rows: Sequence[tuple[str, str, bool]], last: str) -> str:
    """Where work waits, else what is under way, else anything: the last one looked at, else the latest.

    `rows`: code, phase and whether something waits, the latest first. What is in preparation counts as under way while
    it is what was looked at last.
    """
    under_way = [
        row for row in rows if row[1] in UNDER_WAY or (row[0] == last and row[1] != Phase.CONCLUDED)
    ]
    waiting = [row for row in under_way if row[2]]
    codes = [row[0] for row in waiting or under_way or rows]
    return last if last in codes else codes[0]
