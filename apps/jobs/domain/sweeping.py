"""Jobs that nothing will run any more end as failed: nobody waits for them, and the same work can be asked again.

Invariant: an unfinished job has a live place in the queue, or it is ended within two minutes.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.jobs.models import UNFINISHED, Job, Status

RUN = "jobs.run"
LIVE = ("todo", "doing")
GRACE = timedelta(minutes=1)
BATCH = 500
NOT_STARTED = "任务没能开始，没有写入任何数据。请重新发起；任务编号 {pk}"
LOST = "任务中断后没有恢复，没有写入任何数据。请重新发起；任务编号 {pk}"


def end_as_failed(job_id: int, sentence: str) -> bool:
    """End an unfinished job, whatever attempt it is at; a start that still runs finds itself superseded."""
    now = timezone.now()
    rows: Any = Job.objects.filter(pk=job_id, status__in=UNFINISHED)
    ended: int = rows.update(
        status=Status.FAILED,
        message=sentence.format(pk=job_id),
        finished_at=now,
        expires_at=now + timedelta(days=settings.JOBS_KEEP_DAYS),
    )
    return bool(ended)


def sweep() -> int:
    """End the jobs without a live place in the queue; how many."""
    old = Job.objects.filter(status__in=UNFINISHED, created_at__lt=timezone.now() - GRACE)
    waiting = dict(old.order_by("pk").values_list("pk", "status")[:BATCH])
    live = ProcrastinateJob.objects.filter(
        task_name=RUN,
        status__in=LIVE,
        args__job_id__in=list(waiting),
        args__sandbox__isnull=True,
    )
    dead = waiting.keys() - {args["job_id"] for args in live.values_list("args", flat=True)}
    told = {pk: NOT_STARTED if waiting[pk] == Status.WAITING else LOST for pk in sorted(dead)}
    return sum(end_as_failed(pk, sentence) for pk, sentence in told.items())
