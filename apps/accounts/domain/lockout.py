"""Failed logins: after some, the next try has to wait, longer each time, and nobody is shut out by a stranger.

Failures are counted for an account at an address. Whoever comes from an address from which the account has signed in
before waits for what failed there alone; all other addresses together, and an address for all accounts that don't know
it, have limits of their own. Invariants: what is tried while it has to wait is not tried and counts for nothing;
failures are forgotten after a day, and at a success those of that address.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import UsualAddress
from apps.folding.domain.folding import folded

MEMORY = timedelta(hours=settings.AXES_COOLOFF_TIME)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when nothing is tried, and on whose account: the name's, or the address's with all its names."""

    until: datetime
    of_address: bool = False

    @property
    def minutes(self) -> int:
        """Minutes that are left, begun ones counted."""
        return max(0, math.ceil((self.until - timezone.now()) / timedelta(minutes=1)))


def client_username(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name under which axes counts; case and width make no new name."""
    return folded((credentials or {}).get("username") or "")[:255]


def recent(**filters: Any) -> QuerySet[AccessAttempt]:
    """Failed logins that still count."""
    return AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - MEMORY, **filters)  # type: ignore[no-any-return]


def failures(**filters: Any) -> int:
    return int(recent(**filters).aggregate(total=Sum("failures_since_start"))["total"] or 0)


def pause_after(count: int, free: int) -> timedelta:
    """How long the next try waits after so many failures of which `free` cost nothing: 1, 2, 4 … 30 minutes."""
    if count < free:
        return timedelta(0)
    doubled: int = 2 ** min(count - free, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def wait_for(username: str, address: str | None) -> Wait | None:
    """Whether a login by the (folded) name from the address has to wait; the longest of what applies."""
    waits = [_wait(recent(username=username, ip_address=address), settings.AXES_FAILURE_LIMIT)]
    usual = UsualAddress.objects.filter(username=username)
    if address is None or not usual.filter(address=address).exists():
        strangers = recent(username=username).exclude(ip_address__in=usual.values("address"))
        waits.append(_wait(strangers, settings.LOCKOUT_STRANGERS_LIMIT))
        of_address = _wait(recent(ip_address=address), settings.LOCKOUT_ADDRESS_LIMIT)
        waits.append(of_address and Wait(of_address.until, of_address=True))
    open_ones = [wait for wait in waits if wait and wait.minutes]
    return max(open_ones, key=lambda wait: wait.until, default=None)


def _wait(attempts: QuerySet[AccessAttempt], free: int) -> Wait | None:
    counted = attempts.aggregate(total=Sum("failures_since_start"), last=Max("attempt_time"))
    return _of(counted["total"] or 0, counted["last"], free)


def _of(count: int, last: datetime | None, free: int) -> Wait | None:
    pause = pause_after(count, free)
    return Wait(last + pause) if pause and last else None


def locked_usernames() -> frozenset[str]:
    """The (folded) usernames that have to wait somewhere now, at a usual address or elsewhere; one query."""
    usual = UsualAddress.objects.filter(
        username=OuterRef("username"), address=OuterRef("ip_address")
    )
    counted = (
        recent()
        .values("username", "ip_address", is_usual=Exists(usual))
        .annotate(total=Sum("failures_since_start"), last=Max("attempt_time"))
        .order_by(F("username"))
    )
    return frozenset(_waiting(counted))


def _waiting(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    strangers: dict[str, tuple[int, datetime]] = {}
    for row in rows:
        name, wait = row["username"], _of(row["total"], row["last"], settings.AXES_FAILURE_LIMIT)
        if wait and wait.minutes:
            yield name
        if not row["is_usual"]:
            count, last = strangers.get(name, (0, row["last"]))
            strangers[name] = (count + row["total"], max(last, row["last"]))
    for name, (count, last) in strangers.items():
        wait = _of(count, last, settings.LOCKOUT_STRANGERS_LIMIT)
        if wait and wait.minutes:
            yield name


def unlock(usernames: list[str]) -> None:
    """Forget the failures of these accounts."""
    AccessAttempt.objects.filter(username__in=[folded(name) for name in usernames]).delete()


class Handler(AxesDatabaseHandler):
    """Axes keeps the failures; whether one has to wait is said here."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """What axes compares with its limit: the limit while the login has to wait, else nothing."""
        username = client_username(request, credentials)
        waits = wait_for(username, request.axes_ip_address)  # type: ignore[attr-defined]
        return int(settings.AXES_FAILURE_LIMIT) if waits else 0

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """A success clears what failed there: what strangers tried elsewhere, and other names, go on counting."""
        username = client_username(request, credentials)
        address = request.axes_ip_address  # type: ignore[attr-defined]
        own = AccessAttempt.objects.filter(username=username, ip_address=address)
        return int(own.delete()[0])
