"""Whatever page lays a document out: a character that can't be printed is said where the document was asked for."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from apps.exchange.files.lettering import Unprintable
from apps.exchange.pages.exports import own_referrer


class UnprintableMiddleware:
    """Back to the page that asked, with the sentence; nothing was written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if not isinstance(exception, Unprintable):
            return None
        messages.error(request, str(exception))
        return redirect(own_referrer(request) or "/")
