"""From the rail to a page of a project: where one is at work, else where work waits."""

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
        """To `page` of one of the `projects`; one statement.

        That is the one last looked at while it is under way (or in preparation); else one in which something waits
        for this person (`waiting`, on a project), else one under way, else what was looked at last, else the latest.
        """
        waits = waiting if waiting is not None else Q(Value(False))  # noqa: FBT003
        rows = projects.recent_first().annotate(waits=waits).values_list("code", "phase", "waits")
        latest = list(rows[:MOST])
        if not latest:
            return render(request, self.nothing)
        return redirect(f"{self.subsystem}:{page}", code=_chosen(latest, self._last(request)))

    def _last(self, request: HttpRequest) -> str:
        return str(request.session.get(self._key, ""))

    @property
    def _key(self) -> str:
        return f"{self.subsystem}.project"


def _chosen(rows: Sequence[tuple[str, str, bool]], last: str) -> str:
    """`rows`: code, phase and whether something waits, the latest first."""
    phases = {code: phase for code, phase, _ in rows}
    if last in phases and phases[last] != Phase.CONCLUDED:
        return last
    open_ones = [row for row in rows if row[1] in UNDER_WAY]
    for code, _, waits in open_ones:
        if waits:
            return code
    if open_ones:
        return open_ones[0][0]
    return last if last in phases else rows[0][0]
