"""Addresses of who fills in another unit's name (代填授权): `/for/<mandate>/demand/…` is that unit's page.

Invariants: in whose name somebody acts stands in the address of every page, form and fetch and nowhere in the session,
so that two tabs never mix and an old one reaches no other unit; under such an address nothing opens but pages marked
`@fills`, of the one project.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import set_script_prefix

from apps.accounts.domain.acting.lent import Lent, lent_to
from apps.accounts.models import User
from apps.accounts.pages.redirects import is_script

ADDRESS = re.compile(r"/for/([0-9]{1,18})(/.*)", re.DOTALL)
ENDED = "这份代填授权已经结束，或者不是给您的；刚才的内容没有办理。请返回首页，从右上角重新选择代填的机构。"
BEYOND = "代其他机构填报时，只能打开该机构本项目的填报页面。请返回首页，以本单位名义办理。"

Next = Callable[[HttpRequest], HttpResponseBase]


class MandateAddressMiddleware:
    """Takes the mandate out of the address; whether it holds is asked once it is known who comes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if found := ADDRESS.fullmatch(request.path_info):
            request.mandate = int(found[1])  # type: ignore[attr-defined]
            request.path_info = found[2]
        return self.get_response(request)


def mandate_of(request: HttpRequest) -> int | None:
    """The mandate that the address names; `None` of addresses of one's own."""
    return getattr(request, "mandate", None)


def find_lent(request: HttpRequest, user: User) -> Lent | None:
    """What the address lends the account, kept for what the request still asks."""
    pk = mandate_of(request)
    lent = None if pk is None else lent_to(user, pk)
    request.lent = lent  # type: ignore[attr-defined]
    return lent


def act_for(request: HttpRequest, view: Any, arguments: Mapping[str, Any]) -> HttpResponse | None:
    """Before the view: from here on the request is the other unit's. Raises `PermissionDenied`.

    What anybody may open is shut as well: the proxy knows those pages by their own addresses alone.
    """
    if mandate_of(request) is None:
        return None
    if not getattr(view, "fills", False):
        return _refused(request, BEYOND)
    lent: Lent | None = getattr(request, "lent", None)
    if lent is None:
        return _refused(request, ENDED)
    if arguments.get("code") != lent.project_code:
        return _refused(request, BEYOND)
    request.user = request.actor.user  # type: ignore[attr-defined]
    set_script_prefix(lent.prefix)
    return None


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"message": sentence}, status=HTTPStatus.CONFLICT)
    raise PermissionDenied(sentence)
