"""多维度查看 (S2-08): the projects to look at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.analysis.navigation import BUREAUS
from apps.projects.models import ProjectKind
from apps.projects.views.requests import SignedInRequest
from apps.review.desk import own_filings

KINDS = (ProjectKind.DEMAND, ProjectKind.HISTORY)


@requires(Permission.QUERY, roles=BUREAUS)
@require_safe
def project_list(request: SignedInRequest) -> HttpResponse:
    """The demand rounds in which the unit has a package, the latest first."""
    own = [filing for filing in own_filings(request.actor) if filing.project.kind in KINDS]
    return render(request, "analysis/project_list.html", {"filings": own})
