"""Access to views: which kind of act a view is. The access matrix test reads `view.requires` and `view.public`.

Invariant: a view without any mark is for signed-in accounts only (`middleware.SessionRulesMiddleware`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from apps.accounts.models.roles import Permission, Role

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=Callable[..., Any])


def requires(
    *permissions: Permission, roles: tuple[Role, ...] | None = None, main_account: bool = False
) -> Callable[[View], View]:
    """Let in accounts that hold every permission and, if given, one of the roles; others get the 403 page.

    `main_account` keeps sub-accounts and staff out.
    """

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
            if main_account and not user.is_main_account:
                raise PermissionDenied("这个页面只有单位的主账号可以使用。")
            return view(request, *args, **kwargs)

        vars(checked).update(requires=permissions, roles=roles, main_account=main_account)
        return checked

    return decorate


def public(view: V) -> V:
    """Open to everybody, signed in or not."""
    vars(view).update(public=True)
    return view


def unblocks(view: V) -> V:
    """Open also to accounts that must first change their password or verify a second factor: the way out."""
    vars(view).update(unblocks=True)
    return view


def fills(view: V) -> V:
    """Open also to who fills in another unit's name (代填授权): a page of one filing, by the `code` of its project."""
    vars(view).update(fills=True)
    return view


def passive(view: V) -> V:
    """Asked by the page, not by the person (a live bar): does not keep an idle session alive."""
    vars(view).update(passive=True)
    return view
