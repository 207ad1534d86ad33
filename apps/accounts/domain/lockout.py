"""Too many failed logins: the account or the address is shut for half an hour.

Invariants: an account is shut after 5 failures from wherever they come, an address only after 50, because a whole
hospital or a province's network may share one; failures during the lock don't prolong it.
"""

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from apps.folding.domain.folding import folded

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)


def client_username(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name under which axes counts; case and width make no new name."""
    return folded((credentials or {}).get("username") or "")[:255]


def recent(**filters: Any) -> QuerySet[AccessAttempt]:
    """Failed logins that still count."""
    return AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - COOL_OFF, **filters)  # type: ignore[no-any-return]


def failures(**filters: Any) -> int:
    return int(recent(**filters).aggregate(total=Sum("failures_since_start"))["total"] or 0)


def locked_usernames() -> frozenset[str]:
    """The (folded) usernames that are shut now; one query."""
    counted = recent().values("username").annotate(total=Sum("failures_since_start"))
    shut = counted.filter(total__gte=settings.AXES_FAILURE_LIMIT)
    return frozenset(row["username"] for row in shut)


def unlock(usernames: list[str]) -> None:
    """Forget the failures of these accounts."""
    AccessAttempt.objects.filter(username__in=[folded(name) for name in usernames]).delete()


class Handler(AxesDatabaseHandler):
    """Axes with one limit for accounts and a higher one for addresses."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        username = client_username(request, credentials)
        of_account = failures(username=username) if username else 0
        of_address = failures(ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
        if of_address >= settings.LOCKOUT_ADDRESS_LIMIT:
            return max(of_account, int(settings.AXES_FAILURE_LIMIT))
        return of_account

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """A success clears its own account only: it must not clear what else came from the address."""
        username = client_username(request, credentials)
        return int(AccessAttempt.objects.filter(username=username).delete()[0])


def minutes_left(filters: dict[str, Any], limit: int) -> int:
    """Minutes until so many failures have lapsed that fewer than `limit` count; 0 if it isn't locked."""
    attempts = list(recent(**filters).order_by("attempt_time", "pk"))
    total = sum(attempt.failures_since_start for attempt in attempts)
    if total < limit:
        return 0
    for attempt in attempts:
        total -= attempt.failures_since_start
        if total < limit:
            seconds = (attempt.attempt_time + COOL_OFF - timezone.now()).total_seconds()
            return max(1, math.ceil(seconds / 60))  # type: ignore[no-any-return]
    return 0
