"""What every answer says to browsers beside its content.

Invariants: nothing that somebody signed in has seen is kept by a browser or a proxy, so the way back after the logout
shows nothing; no page of another site embeds ours or what they load, and none of ours may use a device.
"""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

NO_DEVICES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "bluetooth", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock",
        "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
HEADERS = {
    "Permissions-Policy": NO_DEVICES,
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_KEPT = "no-store, private"


class ResponseHeadersMiddleware:
    """Stands outside of whatever answers by itself. What says that it is public is kept: static files.

    The policy of contents is worded once: django-csp's middleware words it twice with each answer. A view with one of
    its own (`csp.decorators.csp`) keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.headers = {**HEADERS, HEADER: build_policy()}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if own := getattr(response, "_csp_config", None):
            response.headers.setdefault(HEADER, build_policy(config=own))
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        told = response.headers.get("Cache-Control", "")
        if _is_somebodys(request, response) and not {"no-store", "public"} & set(told.split(", ")):
            response.headers["Cache-Control"] = NOT_KEPT
        return response


def _is_somebodys(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a session is in play, as it came or as it goes."""
    name = settings.SESSION_COOKIE_NAME
    return name in request.COOKIES or name in response.cookies
