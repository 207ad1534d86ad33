"""Refuses what no browser sends and no database column takes: NUL characters in an address or a form."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict

NUL = "\0"


class CleanTextMiddleware:
    """Answers 400 instead of failing in the database. Forms check their own fields; much is read without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """After the CSRF check, which has read the form anyway."""
        if _has_nul(request.GET) or _has_nul(request.POST):
            raise BadRequest("The request contains NUL characters.")


def _has_nul(data: QueryDict) -> bool:
    return any(NUL in name or any(NUL in text for text in texts) for name, texts in data.lists())
