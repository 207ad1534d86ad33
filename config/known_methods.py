"""Only methods that are asked for reach the product: what browsers send to pages, and what programs send besides.

Invariant: a method that a view doesn't know is never answered as a GET; nor has a word that somebody thinks of figures
of its own.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

OF_PAGES = ("GET", "HEAD", "OPTIONS", "POST")
KNOWN = frozenset({*OF_PAGES, "PUT", "PATCH", "DELETE"})
FOR_PROGRAMS = "/api/"


class KnownMethodsMiddleware:
    """501 for words that are none, 405 for those that pages don't take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in KNOWN:
            return HttpResponse(status=HTTPStatus.NOT_IMPLEMENTED)
        if request.method not in OF_PAGES and not request.path.startswith(FOR_PROGRAMS):
            return HttpResponseNotAllowed(OF_PAGES)
        return self.get_response(request)
