"""From the rail to a page of a project under way or done, or of one in preparation."""

from django.http import HttpResponse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.allocation.pages.answering import TRAIL
from apps.projects.models import Project, ProjectKind
from apps.review.domain.reads import waits_for


@requires(Permission.QUERY)
def latest(request: SignedInRequest, page: str, *, drafts: bool = False) -> HttpResponse:
    """`drafts`: pages that prepare a project rather than work in it."""
    projects = Project.objects.of_kind(ProjectKind.ALLOCATION)
    if not drafts:
        projects = projects.filter(published_at__isnull=False)
    return TRAIL.follow(request, projects, page, waiting=waits_for(request.actor))
