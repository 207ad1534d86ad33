"""From the rail to a page of a project: the one last looked at, else the latest that the account sees."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.projects.models import Project
from apps.projects.views.requests import SignedInRequest
from apps.reporting.desk import KINDS

from .answering import LAST_PROJECT


@requires(Permission.QUERY)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    projects = Project.objects.filter(kind__in=KINDS, published_at__isnull=False)
    codes = list(projects.recent_first().values_list("code", flat=True)[:200])
    if not codes:
        return render(request, "reporting/no_project.html")
    last = request.session.get(LAST_PROJECT)
    return redirect(f"reporting:{page}", code=last if last in codes else codes[0])
