"""Whether anybody is there who does the work."""

from datetime import datetime, timedelta

from django.db.models import Avg, F, Max
from procrastinate.contrib.django.models import ProcrastinateWorker

from apps.jobs.models import Job, Status
from apps.scope.context import whole_country
from apps.scope.sandbox import real_now, within

LATE = timedelta(minutes=1)
"""A worker says every few seconds that it lives."""
RECENT = timedelta(hours=6)
"""What came before says nothing of today's queue."""


def last_heartbeat() -> datetime | None:
    """When a worker last said that it lives; nothing if none has begun."""
    with within(None):  # there is one queue, whoever asks
        found = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))
    at: datetime | None = found["at"]
    return at


def is_late() -> bool:
    at = last_heartbeat()
    return at is None or at < real_now() - LATE


def usual_time(name: str) -> timedelta | None:
    """From the asking for a job of this kind to its end, as it took lately, everybody's; nothing if none has ended."""
    with whole_country(reason="how long jobs of a kind take"):
        done = Job.objects.filter(
            name=name, status=Status.SUCCEEDED, finished_at__gt=real_now() - RECENT
        )
        found = done.aggregate(took=Avg(F("finished_at") - F("created_at")))
    took: timedelta | None = found["took"]
    return took
