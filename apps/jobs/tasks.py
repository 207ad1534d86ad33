"""What the worker runs: jobs, the recovery of jobs whose worker died, the removal of old files."""

import os
from typing import Any

import procrastinate
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted, UniqueViolation
from procrastinate.jobs import Status

from apps.scope import sandbox as sandboxes
from apps.scope.passing import give_up_connection, passes

from . import expiry
from .domain import sweeping
from .periodic import QUEUE_PRIORITY, periodic
from .running import MAX_ATTEMPTS, JobInterrupted, run_job

NICENESS = 10  # of 19: on a busy machine a job gets a tenth of what a page gets
again = procrastinate.RetryStrategy(
    max_attempts=MAX_ATTEMPTS,
    wait=3,
    linear_wait=5,
    retry_exceptions=[JobInterrupted, JobAborted],
)


@app.task(name="jobs.run", pass_context=True, retry=again)
def run(context: procrastinate.JobContext, *, job_id: int, sandbox: int | None = None) -> None:
    """Run one job of somebody's, behind whatever people at their screens are waiting for; one of a sandbox in there."""
    _stand_back()
    room = None if sandbox is None else sandboxes.find(sandbox)
    if sandbox is not None and room is None:
        return  # thrown away, and the job with it
    try:
        with sandboxes.within(room):
            run_job(job_id, stopping=context.should_abort)
    except Exception as error:
        if not passes(error):
            raise
        give_up_connection()
        raise JobInterrupted from error


def _stand_back() -> None:
    """This thread gives way (on Linux; elsewhere the process), or more where the worker was started so."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


@app.periodic(cron="* * * * * */15")
@app.task(
    name="jobs.recover", queueing_lock="jobs.recover", pass_context=True, priority=QUEUE_PRIORITY
)
async def recover(context: procrastinate.JobContext, timestamp: int) -> None:
    """Give back what a dead worker had in hand."""
    manager: Any = context.app.job_manager
    silence = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        try:
            await manager.retry_job(stalled)
        except UniqueViolation:  # work by the clock, whose next turn is waiting already
            await manager.finish_job(stalled, Status.ABORTED, delete_job=True)


@periodic("* * * * *", name="jobs.sweep")
def sweep() -> None:
    sweeping.sweep()


@periodic("17 * * * *", name="jobs.expire")
def expire() -> None:
    expiry.remove_expired_files()
    expiry.forget_old_jobs()


@app.periodic(cron="23 19 * * *")
@app.task(name="jobs.tidy_queue", queueing_lock="jobs.tidy_queue", pass_context=True)
async def tidy_queue(context: procrastinate.JobContext, timestamp: int) -> None:
    """Forget what the queue keeps of failed jobs; the jobs' own rows tell people about them."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=30 * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )
