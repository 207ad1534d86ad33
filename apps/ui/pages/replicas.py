"""Pages that are read from the standby, where there is one that is fit.

Invariants: only what reads is (`GET`); it writes nothing there. A session sees what it wrote: each act leaves the
position of the log behind in a cookie, and a page that follows waits a moment for the standby to come there, or is read
from the primary. Programs keep no cookie: for them it has to show all that is committed. What fails on the standby, or
isn't found there, is asked of the primary before anybody is told.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponseBase

from apps.scope.passing import give_up_connection, passes
from apps.scope.reading import STANDBY, alias
from apps.scope.server.sql import position
from apps.scope.standby import UNKNOWN, is_fit, is_fit_by_now, read_standby

COOKIE = "position"
PATIENCE = 0.25
"""Seconds that a page waits for what its session wrote."""
READS = frozenset({"GET", "HEAD"})
T = TypeVar("T")
View = Callable[..., HttpResponseBase]


def reads_replica(view: View) -> View:
    """Mark a page whose GET only shows: lists of higher tiers, pivots, volumes, progress."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return from_replica(request, lambda: view(request, *args, **kwargs))

    vars(read).update(reads_replica=True)
    return read


def from_replica(request: HttpRequest, answer: Callable[[], T], *, by_now: bool = False) -> T:
    """The answer, read from the standby if that is fit for this request; it may be asked for twice.

    `by_now`: of who has no cookie that says what he wrote.
    """
    if not settings.REPLICA or request.method not in READS or alias() == STANDBY:
        return answer()
    if not (is_fit_by_now(patience=PATIENCE) if by_now else _is_fit(request)):
        return answer()
    try:
        with read_standby():
            return answer()
    except Http404:
        return answer()
    except Exception as error:
        if not passes(error):
            raise
        return answer()


def _is_fit(request: HttpRequest) -> bool:
    return is_fit(shows=_position_of(request), patience=PATIENCE)


def _position_of(request: HttpRequest) -> int:
    """Up to where the session has written lately; what isn't a position counts as one that is never reached."""
    said = request.COOKIES.get(COOKIE, "0")
    is_one = said.isascii() and said.isdigit() and len(said) < len(str(UNKNOWN))
    return int(said) if is_one else UNKNOWN


class PositionMiddleware:
    """Behind all others, once the act has been committed; only where there is a standby (`REPLICA_URL`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if request.method not in READS and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.set_cookie(
                COOKIE,
                str(_position()),
                max_age=settings.REPLICA_LAG_SECONDS + 1,
                httponly=True,
                secure=settings.HTTPS,
                samesite="Lax",
            )
        return response


def _position() -> int:
    try:
        return position()
    except DatabaseError:
        give_up_connection()
        return UNKNOWN
