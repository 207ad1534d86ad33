"""A page that failed by a fault that passes is drawn once more before anybody sees that it failed.

Invariant: only what reads is tried again; an act is asked for again by the person, or by the script that keeps it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


class SecondTryMiddleware:
    """Stands outside of whatever asks the database; the connection that failed was given up (`apps.ui.errors`)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method in {"GET", "HEAD"} and getattr(response, "passes", False):
            response.close()
            response = self.get_response(request)
        return response
