"""From the rail to a page of a project under way or done."""

from django.http import HttpResponse

from apps.accounts.decorators import requires
from apps.accounts.roles import Permission
from apps.projects.models import Project
from apps.projects.views.requests import SignedInRequest
from apps.reporting.desk import KINDS

from .answering import TRAIL


@requires(Permission.QUERY)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    projects = Project.objects.filter(kind__in=KINDS, published_at__isnull=False)
    return TRAIL.follow(request, projects, page)
