"""Whether anybody is there who does the work."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

LATE = timedelta(minutes=1)
"""A worker says every few seconds that it lives."""


def last_heartbeat() -> datetime | None:
    """When a worker last said that it lives; nothing if none has begun."""
    at: datetime | None = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    return at


def is_late() -> bool:
    at = last_heartbeat()
    return at is None or at < timezone.now() - LATE
