"""Drafts that browsers keep of what was typed (`static/js/unsaved.js`), and which of them the server has taken.

Invariant: a draft is forgotten when what it holds was saved, and only then. A form that a script sends names its draft;
an act that ends in a redirect without a warning or a refusal has taken it, and the next page says so. Whoever answers a
saved form in another way calls `take`.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from apps.audit.domain.seen import ChangedMeanwhile
from apps.ui.errors import refusal
from apps.ui.pages.seen_sets import SetMoved

FIELD, KEPT = "draft", "drafts_taken"
LONGEST, MOST = 500, 20
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
DONE = (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
Handler = Callable[[HttpRequest], HttpResponse]


def take(request: HttpRequest, *drafts: str) -> None:
    """The drafts by these names hold nothing unsaved any more; by default the one that was sent."""
    names = [name[:LONGEST] for name in drafts or (request.POST.get(FIELD, ""),) if name]
    if names:
        waiting = [*request.session.get(KEPT, ()), *names]
        request.session[KEPT] = list(dict.fromkeys(waiting))[-MOST:]


def told(request: HttpRequest | None) -> list[str]:
    """The drafts taken since the last page, to be told once, and to a page that somebody opens."""
    if request is not None and request.headers.get("Sec-Fetch-Dest") == "empty":
        return []
    session = getattr(request, "session", None)
    names: list[str] = session.pop(KEPT, []) if session is not None and KEPT in session else []
    return names


class DraftMiddleware:
    """Stands innermost: what other middleware answers (a login page, a second factor) takes nothing.

    Refusals of what was seen too long ago are answered here, whichever page asks.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in DONE and _is_done(request):
            take(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SetMoved):
            messages.error(request, str(exception))
            return redirect(_page_of(request))
        if not isinstance(exception, ChangedMeanwhile):
            return None
        return refusal(
            request, title="没有保存", message=str(exception), status=HTTPStatus.CONFLICT
        )


def _page_of(request: HttpRequest) -> str:
    """The list that sent the form."""
    seen = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(seen, {request.get_host()}, request.is_secure())
    return seen if ours else "/"


def _is_done(request: HttpRequest) -> bool:
    """Whether a person's own form was accepted: signed in, and no sentence says that it wasn't."""
    if not request.user.is_authenticated or request.content_type not in FORMS:
        return False
    storage: Any = messages.get_messages(request)
    levels = [message.level for message in storage] if storage.added_new else []
    storage.used = False  # looked at here, told on the next page
    return all(level < messages.WARNING for level in levels)
