"""Uploads that a script sends so as to show how far they are (`static/js/uploads.js`)."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

SENT_BY_SCRIPT, NEXT = "X-Upload", "X-Next"
ELSEWHERE = (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
Handler = Callable[[HttpRequest], HttpResponse]


class UploadMiddleware:
    """Where a form would be led on, its script is told where to: the page there is opened once, by the person.

    A script that followed would take the messages that are meant for whoever reads that page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if SENT_BY_SCRIPT not in request.headers or response.status_code not in ELSEWHERE:
            return response
        told = HttpResponse(
            status=HTTPStatus.NO_CONTENT, headers={NEXT: response.headers["Location"]}
        )
        told.cookies = response.cookies
        return told
