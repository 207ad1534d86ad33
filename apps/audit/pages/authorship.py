"""Whose changes a request makes: decided by the view, once it is known who asks.

Saving quantities is left out by a mark on its views. Their tables keep their own log and have no trigger that tells
changes, and saving is what everybody does at the same moment: a statement that is rewritten on its way travels alone.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase

from apps.audit.domain.authorship import authored

V = TypeVar("V", bound=Callable[..., Any])


def quantities_only(view: V) -> V:
    """Mark a view that writes nothing but quantities: its statements go without an author."""
    vars(view).update(quantities_only=True)
    return view


class AuthorshipMiddleware:
    """After the middleware that knows the account (`request.actor`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as until_answered:
            request.until_answered = until_answered  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        if not getattr(view, "quantities_only", False):
            author = getattr(request, "actor", None)
            request.until_answered.enter_context(authored(author))  # type: ignore[attr-defined]
