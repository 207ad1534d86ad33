"""What the pages of this app share: who may write, the project that the rail leads back to."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.roles import Permission
from apps.projects.views.requests import SignedInRequest

LAST_PROJECT = "allocation.project"


def require_maintain(request: SignedInRequest) -> None:
    """Pages that everybody of the institution may read are written by those who maintain."""
    if not request.user.has(Permission.MAINTAIN):
        raise PermissionDenied


def remember(request: HttpRequest, code: str) -> None:
    """The project that the rail leads back to; costs a write only when it changes."""
    if request.session.get(LAST_PROJECT) != code:
        request.session[LAST_PROJECT] = code
