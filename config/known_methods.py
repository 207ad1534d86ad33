"""Only methods that HTTP names reach the product.

Invariant: a word that somebody thinks of is never taken for a method: views would answer it as a GET, and every one
would have figures of its own.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

KNOWN = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class KnownMethodsMiddleware:
    """501 for any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in KNOWN:
            return HttpResponse(status=HTTPStatus.NOT_IMPLEMENTED)
        return self.get_response(request)
