"""Addresses of who acts in another unit's name: `/for/<mandate>/demand/…`, `/as/<unit>/demand/…`.

The first is the page of a unit that lends (代填授权), the second that of a unit that merged into one's own. Invariants:
in whose name somebody acts stands in the address of every page, form and fetch and nowhere in the session, so that two
tabs never mix and an old one reaches no other unit. Under a mandate nothing opens but pages marked `@fills`,
of the one project; under a merged unit's address all of that unit's but those on accounts.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import set_script_prefix

from apps.accounts.domain.acting.lent import Lent, lent_to
from apps.accounts.domain.handovers.standing_in import place_of
from apps.accounts.models import User
from apps.accounts.pages.redirects import is_script, send_to

ADDRESS = re.compile(r"/(for|as)/([0-9]{1,18})(/.*)", re.DOTALL)
ENDED = "这份代填授权已经结束，或者不是给您的；刚才的内容没有办理。请返回首页，从右上角重新选择代填的机构。"
BEYOND = "代其他机构填报时，只能打开该机构本项目的填报页面。请返回首页，以本单位名义办理。"

Next = Callable[[HttpRequest], HttpResponseBase]


HOME = "portal:home"
NOT_MERGED = (
    "该机构没有并入本机构，不能以它的名义办理；刚才的内容没有办理。请返回首页，以本单位名义办理。"
)


class OtherNameMiddleware:
    """Takes the other unit out of the address; whether it holds is asked once it is known who comes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if found := ADDRESS.fullmatch(request.path_info):
            name = "mandate" if found[1] == "for" else "merged"
            setattr(request, name, int(found[2]))
            request.path_info = found[3]
        return self.get_response(request)


def mandate_of(request: HttpRequest) -> int | None:
    """The mandate that the address names; `None` of addresses of one's own."""
    return getattr(request, "mandate", None)


def merged_of(request: HttpRequest) -> int | None:
    """The unit that the address names, which should have merged into the account's own."""
    return getattr(request, "merged", None)


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
    if merged_of(request) is not None:
        return _act_as(request, view)
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


def _act_as(request: HttpRequest, view: Any) -> HttpResponse | None:
    """The account has been turned to the unit already, where it merged into its own."""
    match = request.resolver_match
    is_home = match is not None and match.view_name == HOME
    if getattr(view, "public", False) and not is_home:
        return _refused(request, NOT_MERGED)
    if not request.user.is_authenticated:
        return send_to(request, "accounts:login", sentence="请先登录。")
    if request.user.home is None:
        return _refused(request, NOT_MERGED)
    set_script_prefix(place_of(merged_of(request) or 0))
    return None


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"message": sentence}, status=HTTPStatus.CONFLICT)
    raise PermissionDenied(sentence)
