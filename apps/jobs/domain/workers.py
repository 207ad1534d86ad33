"""Whether anybody is there who does the work."""

from datetime import datetime, timedelta

from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateWorker

from apps.scope.sandbox import real_now, within

LATE = timedelta(minutes=1)
"""A worker says every few seconds that it lives."""


def last_heartbeat() -> datetime | None:
    """When a worker last said that it lives; nothing if none has begun."""
    with within(None):  # there is one queue, whoever asks
        found = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))
    at: datetime | None = found["at"]
    return at


def is_late() -> bool:
    at = last_heartbeat()
    return at is None or at < real_now() - LATE
