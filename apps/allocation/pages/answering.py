"""What the pages of this app share: who may write, the project that the rail leads back to."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from apps.accounts.models.roles import Permission
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.trail import Trail

TRAIL = Trail("allocation", "allocation/no_project.html")
remember = TRAIL.remember


def require_maintain(request: SignedInRequest) -> None:
    """Pages that everybody of the institution may read are written by those who maintain."""
    if not request.user.has(Permission.MAINTAIN):
        raise PermissionDenied


def allocation_or_404(project: Project) -> None:
    """Demand rounds have none of these pages. Raises `Http404`."""
    if project.kind != ProjectKind.ALLOCATION:
        raise Http404(project.code)
