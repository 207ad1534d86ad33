"""Text as it comes in: refused where no browser sends it, else written in the one way in which it is stored.

Invariants: a view reads text that UTF-8 can write and PostgreSQL can keep; everything else is answered with 400. What
a page hands over is canonical (`apps.folding`) before any form sees it, like a cell of a workbook; passwords are not
touched.
"""

import codecs
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.http.request import UnreadablePostError
from django.utils.http import parse_header_parameters

from apps.folding.domain.folding import canonical

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

NUL = "\0"
SECRETS = ("password", "confirmation", "proof")
"""In the name of a field: what stands there is taken as it is."""


class CleanTextMiddleware:
    """Answers 400 instead of failing in the database. Forms check their own fields; much is read without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(NUL in text for name, text in request.META.items() if name.startswith("HTTP_")):
            raise BadRequest("A header contains NUL characters.")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        form = _form_of(request)
        if _has_nul(request.GET) or _has_nul(form):
            raise BadRequest("The request contains NUL characters.")
        request.GET = _as_stored(request.GET)  # type: ignore[assignment]
        request.POST = _as_stored(form)  # type: ignore[assignment]


def only_utf8(application: "WSGIApplication") -> "WSGIApplication":
    """Before Django reads anything: `charset=hex` ends it, `raw_unicode_escape` makes half characters of a form."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if _names_another_encoding(environ.get("CONTENT_TYPE", "")):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return ["请求的编码不是 UTF-8。".encode()]
        return application(environ, start_response)

    return answer


def _names_another_encoding(content_type: str) -> bool:
    """Names that nobody knows are ignored, as Django does."""
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
        return codecs.lookup(charset).name != "utf-8"
    except (LookupError, ValueError):
        return False


def _form_of(request: HttpRequest) -> QueryDict:
    """What was posted; a file name may claim an encoding of its own that doesn't exist."""
    try:
        return request.POST
    except LookupError as error:
        raise BadRequest("A file name is in an unknown encoding.") from error
    except UnreadablePostError:
        return QueryDict()  # the client has gone


def _as_stored(data: QueryDict) -> QueryDict:
    """The same form if nothing in it changes."""
    changed = {
        name: meant
        for name, texts in data.lists()
        if not any(secret in name for secret in SECRETS)
        and (meant := [canonical(text) for text in texts]) != texts
    }
    if not changed:
        return data
    written = data.copy()
    for name, texts in changed.items():
        written.setlist(name, texts)
    return QueryDict(written.urlencode())  # that can't be changed, as Django's own


def _has_nul(data: QueryDict) -> bool:
    return any(NUL in name or any(NUL in text for text in texts) for name, texts in data.lists())
