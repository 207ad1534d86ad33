"""A button's answer, and the way from the rail to the project last looked at."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.projects.models import Project, ProjectKind
from apps.projects.views.requests import SignedInRequest
from apps.volumes.models.base import Version
from apps.volumes.navigation import VIEWERS
from apps.volumes.refusals import VolumesRefused

LAST_PROJECT = "volumes.project"


@requires(Permission.QUERY, roles=VIEWERS)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    """The project last looked at, else the latest that the account sees."""
    projects = Project.objects.of_kind(ProjectKind.DEMAND).filter(published_at__isnull=False)
    codes = list(projects.recent_first().values_list("code", flat=True)[:200])
    if not codes:
        return render(request, "volumes/no_project.html")
    last = request.session.get(LAST_PROJECT)
    return redirect(f"volumes:{page}", code=last if last in codes else codes[0])


def remember(request: HttpRequest, code: str) -> None:
    """The project that the rail leads back to; costs a write only when it changes."""
    if request.session.get(LAST_PROJECT) != code:
        request.session[LAST_PROJECT] = code


def carry_out(
    request: HttpRequest, act: Callable[[], Any], say: Callable[[Any], str], back: str
) -> HttpResponse:
    """Run a service; `say` puts its result into words, a refusal is its own sentence."""
    try:
        result = act()
    except VolumesRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, say(result))
    return redirect(back)


def version_or_404(versions: list[Version], request: HttpRequest) -> Version:
    """The version that a form names."""
    wanted = request.POST.get("version", "")
    found = next((each for each in versions if str(each.number) == wanted), None)
    if found is None:
        raise Http404
    return found
