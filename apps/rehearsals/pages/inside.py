"""Addresses within a rehearsal: `/rehearsal/<number>/<account>/demand/…` is that page there, seen by that account.

Invariants: the rehearsal and the seat stand in the address of every page, form and fetch and nowhere in the session, so
that tabs never mix; no link of a page leads out of it but the one that leaves; nobody sits there but the alliance, and
what concerns accounts, programs or the platform itself opens in the real world alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone

from apps.accounts.middleware import blocked
from apps.accounts.models import User
from apps.rehearsals.domain.seats import seat_of
from apps.rehearsals.models import Rehearsal
from apps.scope.sandbox import within

ADDRESS = re.compile(r"/rehearsal/([0-9]{1,9})/([0-9]{1,12})(/.*)", re.DOTALL)
LINK = re.compile(
    rb'((?:href|action|formaction)=")/(?!static/|rehearsals/|/)(?:rehearsal/[0-9]+/[0-9]+/)?'
)
TARGET = re.compile(r"^/(?!rehearsals/|/)(?:rehearsal/[0-9]+/[0-9]+/)?")
SHUT = frozenset({"accounts", "admin", "api", "operations", "rehearsals", "subscriptions"})
HOME = "portal:home"
ENDED = "这个演练已经作废，或者不是给您的。请返回首页。"
BEYOND = "账号、接口和平台运行的事项不在演练里办理，请先离开演练。"

Next = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose eyes a rehearsal is seen with."""

    rehearsal: Rehearsal
    account: User

    @property
    def prefix(self) -> str:
        return prefix_of(self.rehearsal.pk, self.account.pk)

    @property
    def leave(self) -> str:
        return f"/rehearsals/{self.rehearsal.pk}/"

    @property
    def now(self) -> datetime:
        return timezone.now()


def prefix_of(rehearsal: int, account: int) -> str:
    """How every address begins there."""
    return f"/rehearsal/{rehearsal}/{account}/"


class RehearsalAddressMiddleware:
    """Takes rehearsal and seat out of the address; whether they are there is asked once it is known who comes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if found := ADDRESS.fullmatch(request.path_info):
            request.rehearsal = (int(found[1]), int(found[2]))  # type: ignore[attr-defined]
            request.path_info = found[3]
        return self.get_response(request)


class RehearsalMiddleware:
    """Answers a request within the rehearsal, from the seat that its address names."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user: Any = request.user
        if not hasattr(request, "rehearsal") or not user.is_authenticated:
            return self.get_response(request)
        if refused := blocked(request):
            return refused
        seat = _seat(user, *request.rehearsal)
        if seat is None:
            return self.get_response(request)
        request.rehearsal_seat, request.user = seat, seat.account  # type: ignore[attr-defined]
        request.shut = SHUT  # type: ignore[attr-defined]
        prefix = get_script_prefix()
        with within(seat.rehearsal.sandbox):
            set_script_prefix(seat.prefix)
            try:
                return _kept_inside(self.get_response(request), seat.prefix)
            finally:
                set_script_prefix(prefix)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        """Before the view. Raises `PermissionDenied`."""
        if not hasattr(request, "rehearsal"):
            return
        if not hasattr(request, "rehearsal_seat"):
            raise PermissionDenied(ENDED)
        match = request.resolver_match
        is_public = getattr(view, "public", False) and match and match.view_name != HOME
        if is_public or (match and match.app_name in SHUT):
            raise PermissionDenied(BEYOND)


def _seat(user: User, number: int, account: int) -> Seat | None:
    found = seat_of(user, number, account)
    return None if found is None else Seat(*found)


def _kept_inside(response: HttpResponseBase, prefix: str) -> HttpResponseBase:
    """What a page's links, forms and redirects lead to, wherever they were written, is in the same rehearsal."""
    content: Any = response
    if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
        content.content = LINK.sub(rb"\1" + prefix.encode(), content.content)
    if target := response.headers.get("Location"):
        response.headers["Location"] = (
            TARGET.sub(prefix, target) if target.startswith("/") else target
        )
    return response


def entrance(rehearsal: int, account: int) -> str:
    """The first page of a seat."""
    return prefix_of(rehearsal, account).removesuffix("/") + reverse(HOME)
