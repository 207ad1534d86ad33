"""From the rail to a page of a project under way or done."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Phase, Project
from apps.reporting.domain.sheet.filling import KINDS
from apps.reporting.pages.answering import INSTITUTION, TRAIL
from apps.review.domain.reads import waits_for
from apps.review.models import Filing

READ = frozenset({"result_list", "variety_list"})
"""Pages to read: the round that one is at work in comes before one in which something waits."""


@requires(Permission.QUERY)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    projects = Project.objects.filter(kind__in=KINDS, published_at__isnull=False)
    waiting = None if page in READ else waits_for(request.actor)
    return TRAIL.follow(request, projects, page, waiting=waiting)


@requires(Permission.QUERY, roles=INSTITUTION)
@require_GET
def batch_latest(request: SignedInRequest) -> HttpResponse:
    """新批次报量 (S2-12): the sheet of the newest batch under way in which the institution takes part."""
    own = Filing.objects.filter(organization=request.user.organization, project__kind__in=KINDS)
    under_way = own.filter(project__phase__in=(Phase.PUBLISHED, Phase.CLOSED))
    newest = under_way.order_by("-project__published_at", "-pk")
    code = newest.values_list("project__code", flat=True).first()
    if code is None:
        return render(request, "reporting/no_project.html")
    return redirect("reporting:demand_edit", code=code)
