"""Access to views: which kind of act a view is. The access matrix test reads `view.requires` and `view.public`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from .roles import Permission, Role

View = Callable[..., HttpResponseBase]


def requires(*permissions: Permission, roles: tuple[Role, ...] | None = None) -> Callable[[View], View]:
    """Let in accounts that hold every permission and, if given, one of the roles; others get the 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not all(user.has(permission) for permission in permissions):
                raise PermissionDenied
            if roles is not None and user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.requires = permissions  # type: ignore[attr-defined]
        checked.roles = roles  # type: ignore[attr-defined]
        return checked

    return decorate


def public(view: View) -> View:
    """Open to everybody, logged in or not."""
    view.public = True  # type: ignore[attr-defined]
    return view
