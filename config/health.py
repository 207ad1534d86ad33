"""What machines ask: is the process alive, may it have traffic, what does it measure.

Invariant: nobody outside learns more than one word; figures are for the machine itself and for token holders.
"""

import secrets
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView

from apps.accounts.pages.decorators import public
from apps.operations.domain.metrics import told
from apps.scope.passing import give_up_connection
from apps.scope.server.sql import takes_no_writes

# Applied migrations stay applied while this code runs, and looking costs 50 ms: look until it is so.
_migrated = False


@public
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database, whose absence no restart of ours repairs."""
    return JsonResponse({"status": "ok"})


@public
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database takes writes and has every migration, nobody drains this machine: traffic is welcome. Else 503."""
    try:
        reason = _not_ready()
    except DatabaseError:
        give_up_connection()
        reason = "database"
    if reason:
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    return JsonResponse({"status": "ok"})


def _not_ready() -> str:
    global _migrated  # noqa: PLW0603 - remembered for the life of the process
    if settings.DRAIN_FILE.exists():
        return "draining"
    if takes_no_writes():
        give_up_connection()  # the next one may lead to its successor
        return "recovery"
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if _migrated else "migrations"


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for who shows METRICS_TOKEN; without one set and without proxies, for this machine."""
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    page: HttpResponse = ExportToDjangoView(request)
    page.content += told()
    return page


def _is_local(request: HttpRequest) -> bool:
    """Straight from this machine, where no token is set: what a proxy passes on is from elsewhere."""
    if settings.METRICS_TOKEN or settings.PROXIES:
        return False
    address = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - compared, not bound
    return "X-Forwarded-For" not in request.headers and ip_address(address).is_loopback


def _has_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and secrets.compare_digest(shown.encode(), token.encode())
