"""What every answer says to browsers beside its content.

Invariants: nothing that somebody signed in has seen is kept by a browser or a proxy, so the way back after the logout
shows nothing; no page of another site embeds ours or what they load, and none of ours may use a device.
"""

from collections.abc import Callable

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
    """Stands inside the one that serves static files: those are kept, and are nobody's secret."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if _is_somebodys(request, response) and "no-store" not in response.headers.get(
            "Cache-Control", ""
        ):
            response.headers["Cache-Control"] = NOT_KEPT
        return response


def _is_somebodys(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a session is in play, as it came or as it goes."""
    name = settings.SESSION_COOKIE_NAME
    return name in request.COOKIES or name in response.cookies
