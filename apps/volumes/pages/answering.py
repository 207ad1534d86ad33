"""What the pages of this app share: the project that the rail leads back to, the version that a form names."""

from django.http import Http404, HttpRequest, HttpResponse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.trail import Trail
from apps.ui.paging import address
from apps.volumes.domain.grouped import By
from apps.volumes.models.base import Version
from apps.volumes.navigation import VIEWERS

TRAIL = Trail("volumes", "volumes/no_project.html")
remember = TRAIL.remember


@requires(Permission.QUERY, roles=VIEWERS)
def latest(request: SignedInRequest, page: str) -> HttpResponse:
    """From the rail to a project under way or done."""
    projects = Project.objects.of_kind(ProjectKind.DEMAND).filter(published_at__isnull=False)
    return TRAIL.follow(request, projects, page)


def by_tabs(request: HttpRequest, by: By) -> list[dict[str, object]]:
    """The same list per item, per main specification and per lot."""
    return [
        {
            "label": each.label,
            "href": address(request, by=each.value or None, sort=None, page=None),
            "current": each == by,
        }
        for each in By
    ]


def version_or_404(versions: list[Version], request: HttpRequest) -> Version:
    """The version that a form names."""
    wanted = request.POST.get("version", "")
    found = next((each for each in versions if str(each.number) == wanted), None)
    if found is None:
        raise Http404
    return found
