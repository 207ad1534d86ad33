"""Refused rights of signed-in accounts: what a view said 403 to, or 404 because it lies outside the account's scope.

Addresses that lead to no view at all are mistyped or looked for by machines: they stand in the access log only.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from apps.audit.domain.security import Verb, tell
from apps.audit.services import Entry

LONGEST_ADDRESS = 200
WHY = {
    PermissionDenied: f"{HTTPStatus.FORBIDDEN.value}，没有权限",
    Http404: f"{HTTPStatus.NOT_FOUND.value}，不存在或不在本账号的数据范围内",
}


def _shown(address: str) -> str:
    """An address as the database can keep it: it may hold anything that somebody sent."""
    return "".join(sign if sign.isprintable() else "?" for sign in address[:LONGEST_ADDRESS])


class RefusalMiddleware:
    """After the middleware that knows the account (`request.actor`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        tell_refusal(request, exception)


def tell_refusal(request: HttpRequest, exception: Exception) -> None:
    """Write down that `request.actor` was refused, if the exception is one that says so."""
    actor: Any = getattr(request, "actor", None)
    why = next((words for kind, words in WHY.items() if isinstance(exception, kind)), "")
    if actor is None or actor.user is None or not why:
        return
    account = actor.user
    tell(
        by=actor,
        entry=Entry(
            Verb.REFUSED,
            account.username,
            f"访问被拒（{why}）：{request.method} {_shown(request.path)}。",
            account.log_path,
            enterprise_id=account.enterprise_id,
        ),
    )
