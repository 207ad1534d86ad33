"""What people see while the platform is being worked on, before anything asks the database."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from apps.operations.domain.maintenance import current
from apps.ui.errors import unavailable

Handler = Callable[[HttpRequest], HttpResponseBase]
MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
SIGNING_IN = frozenset({"/accounts/login/", "/accounts/two-step/", "/accounts/logout/"})
"""Who only looks has to come in."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class MaintenanceMiddleware:
    """Stands in front of everything that knows accounts; `request.maintenance` is what pages show at their head."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = current()
        request.maintenance = now.sentence if now else ""  # type: ignore[attr-defined]
        if now is None or request.path in MACHINES or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        if not now.is_closed and (request.method in READING or request.path in SIGNING_IN):
            return self.get_response(request)
        return unavailable(request, title="系统维护中", sentence=now.sentence)
