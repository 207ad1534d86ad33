"""Who asks, when proxies stand in front: the lockout and the access log must not take the proxy for everybody.

Invariant: an address that somebody outside wrote into X-Forwarded-For is never believed, only what our proxies added.
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase


class ClientAddressMiddleware:
    """With PROXIES in front, REMOTE_ADDR becomes the address that the outermost of them saw."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.PROXIES < 1:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        passed_on = request.headers.get("X-Forwarded-For", "").split(",")
        if len(passed_on) >= settings.PROXIES:
            seen = passed_on[-settings.PROXIES].strip()
            if _is_address(seen):
                request.META["REMOTE_ADDR"] = seen
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
