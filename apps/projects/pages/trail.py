"""From the rail to a page of a project: the one last looked at in a subsystem, else the latest that it offers."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.projects.models.project import ProjectQuerySet

MOST = 200


@dataclass(frozen=True, slots=True)
class Trail:
    """What the session keeps for one subsystem, named as its URL namespace; `nothing` says that it has no project."""

    subsystem: str
    nothing: str

    def remember(self, request: HttpRequest, code: str) -> None:
        """Costs a write only when the project changes."""
        if request.session.get(self._key) != code:
            request.session[self._key] = code

    def follow(self, request: HttpRequest, projects: ProjectQuerySet, page: str) -> HttpResponse:
        """To `page` of the project last looked at, if it is among `projects`, else of the latest of them."""
        codes = list(projects.recent_first().values_list("code", flat=True)[:MOST])
        if not codes:
            return render(request, self.nothing)
        last = request.session.get(self._key)
        return redirect(f"{self.subsystem}:{page}", code=last if last in codes else codes[0])

    @property
    def _key(self) -> str:
        return f"{self.subsystem}.project"
