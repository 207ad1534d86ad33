"""文件查验: what a signed paper is, for whoever holds it and has no account.

Invariant: a code that was never issued, a mistyped one and none at all get the same page at the same cost, and the page
tells of a paper no more than project, unit, number, state and digest.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.pages.decorators import public
from apps.exchange.domain.issued import look_up
from apps.portal.domain.asking import seconds_to_wait

LONGEST = 60


@public
@never_cache
@require_GET
def paper_verification(request: HttpRequest, code: str = "") -> HttpResponse:
    """GET `/v/` is the form, `/v/?code=` its answer; `/v/<code>` stands in the QR codes of papers."""
    asked = code or request.GET.get("code", "")
    wait = seconds_to_wait(request.META.get("REMOTE_ADDR", "")) if asked else 0
    paper = look_up(asked) if asked and not wait else None
    written = paper.shown_code if paper else asked[:LONGEST]
    shown = {"asked": written, "wait": wait, "paper": paper}
    status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.OK
    response = render(request, "portal/paper_verification.html", shown, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
