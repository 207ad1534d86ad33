"""Runs waiting jobs here and now, for tests and commands that can't wait for a worker."""

from apps.scope.context import outside, whole_country

from .models import Job, Status
from .running import run_job


def run_waiting_jobs() -> int:
    """Run every job that waits, and those that they ask for; return their number."""
    ran: set[int] = set()
    while (job_id := _next_waiting(ran)) is not None:
        ran.add(job_id)
        with outside():
            run_job(job_id)
    return len(ran)


def _next_waiting(ran: set[int]) -> int | None:
    with whole_country(reason="looking for waiting jobs"):
        waiting = Job.objects.filter(status=Status.WAITING).exclude(pk__in=ran)
        return waiting.order_by("pk").values_list("pk", flat=True).first()
