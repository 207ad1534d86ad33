"""One id for everything that a request causes: its log lines, its audit entries, the error page it ends in.

Invariant: an id from outside is used only if it cannot be mistaken for anything but an id.
"""

import re
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponseBase

from apps.scope.cursors import Clock, clock

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
LONGEST_ADDRESS = 45
# Asked every few seconds by machines: in the log only when somebody looks for them.
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_address: ContextVar[str] = ContextVar("address", default="")
_log = structlog.get_logger("access")


def current_request_id() -> str:
    """Return the id of the request (or of the job's origin) at work; empty outside of any."""
    return _request_id.get()


def current_address() -> str:
    """Return the network address that the request at work came from; empty in jobs and commands."""
    return _address.get()


@contextmanager
def resumed(request_id: str) -> Generator[None, None, None]:
    """Run the block under the id of the request that asked for it: a job's log lines and entries bear it."""
    token = _request_id.set(request_id)
    try:
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            yield
    finally:
        _request_id.reset(token)


def accepted_or_new(inbound: str | None) -> str:
    """Return the proxy's id if it is sane, else a new one of 32 hexadecimal digits."""
    return inbound if inbound and SANE.fullmatch(inbound) else uuid.uuid4().hex


class RequestIdMiddleware:
    """Outermost: names the request, returns the name as a header, writes the access log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = accepted_or_new(request.headers.get(HEADER))
        token = _request_id.set(request_id)
        from_where = _address.set(request.META.get("REMOTE_ADDR", "")[:LONGEST_ADDRESS])
        request.request_id = request_id  # type: ignore[attr-defined]
        start, spent = time.perf_counter(), Clock()
        running = clock.set(spent)
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                response = self.get_response(request)
                _log_access(request, response, time.perf_counter() - start, spent)
        finally:
            clock.reset(running)
            _address.reset(from_where)
            _request_id.reset(token)
        response.headers[HEADER] = request_id
        return response


def _log_access(
    request: HttpRequest, response: HttpResponseBase, seconds: float, spent: Clock
) -> None:
    """One line per request; without the query string, which may carry names that people search for.

    `template_ms` has what templates asked of the database in it.
    """
    # The account only if the request has looked it up anyway: logging must not query.
    user: Any = getattr(request, "account_at_hand", None)
    write = _log.debug if request.path in QUIET else _log.info
    write(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        database_ms=round(spent.server * 1000, 1),
        statements=spent.statements,
        template_ms=round(spent.template * 1000, 1),
        user_id=getattr(user, "pk", None),
        address=request.META.get("REMOTE_ADDR", ""),
    )
