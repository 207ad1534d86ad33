"""Doing a job, once. Invariant: its effects and its success are one commit; a second start finds it done.

A start takes the row up under a new `attempt` number. If the worker dies, the queue hands the job out again; if a
worker only seemed dead, its late commit finds another number on the row and is rolled back.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.domain.authorship import authored
from apps.audit.request_id import resumed
from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.quarantine.turns import JOB, acting
from apps.scope.context import enter, whole_country
from apps.scope.passing import give_up_connection, passes
from apps.scope.standby import is_fit_by_now, read_standby

from . import files, owners
from .domain.sweeping import NOT_STARTED, end_as_failed
from .models import Job, Status
from .progress import ProgressWriter, Standing
from .registry import Background, declared, is_declared

MAX_ATTEMPTS = 5
STANDBY_SECONDS = 5.0
"""That a file waits for the standby to show what was written before it was asked for."""
Stopping = Callable[[], bool]
logger = logging.getLogger(__name__)


class JobFailed(Exception):
    """The work can't be done; the message is the sentence for the person."""


class JobCancelled(Exception):
    """Its owner has taken the job back; everything it did is rolled back."""


class JobInterrupted(Exception):
    """The worker is being stopped: another one takes the job up again."""


class JobSuperseded(Exception):
    """This start was believed dead and another one has taken over: its work is rolled back."""


class JobRun:
    """A job at work, as its function sees it."""

    def __init__(self, job: Job, owner: Any, writer: ProgressWriter, stopping: Stopping) -> None:
        self.job = job
        self.owner = owner
        self.actor = owners.actor_of(owner, through=job.through, through_id=job.through_id)
        self._writer = writer
        self._stopping = stopping

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        """Say how far the work is; cheap, call it as often as you like.

        Raises if the job has been cancelled or the worker is stopping: let it pass.
        """
        self._writer.standing = Standing(done, total or self._writer.standing.total, message)
        if self.cancelled:
            raise JobCancelled
        if self._stopping():
            raise JobInterrupted

    @property
    def cancelled(self) -> bool:
        return self._writer.cancelled

    def result(self, content: IO[bytes] | Path, filename: str) -> None:
        """Keep the file that the work was about."""
        self.job.result.name = files.store(self.job, "result", content, filename)
        self.job.result_name = files.safe_filename(filename)

    def report(self, content: IO[bytes] | Path, filename: str) -> None:
        """Keep an error report."""
        self.job.report.name = files.store(self.job, "report", content, filename)
        self.job.report_name = files.safe_filename(filename)

    def say(self, message: str) -> None:
        """The sentence that the finished job shows."""
        self.job.message = message[:300]

    def link(self, url: str, label: str) -> None:
        """Where to go on when the job is done."""
        self.job.link_url, self.job.link_label = url, label


def run_job(job_id: int, *, stopping: Stopping = lambda: False) -> None:
    """Take the job up and do it. Raises what isn't for its owner's eyes, for the worker's log."""
    with whole_country(reason="taking up a job"):
        try:
            job, owner = _take_up(job_id)
        except Exception as error:
            # What passes the queue hands out again; what it gives up `sweep` ends.
            if not passes(error):
                end_as_failed(job_id, NOT_STARTED)
            raise
    if job is None:
        return
    with resumed(job.request_id), ProgressWriter(job.pk, job.attempt) as writer:
        run = JobRun(job, owner, writer, stopping)
        try:
            scope = owners.scope_of(owner, reason=job.name)
            with acting(owner.pk, JOB), enter(scope), authored(run.actor):
                _do(run, declared(job.name), writer)
        except JobSuperseded:
            logger.warning("job superseded", extra={"job_id": job.pk})
        except Exception as error:  # noqa: BLE001  (each ending is told to the owner)
            writer.stop()
            _end_badly(run, error)


@transaction.atomic
def _take_up(job_id: int) -> tuple[Job | None, Any]:
    """The job as a new attempt with its owner, or nothing if there is nothing to do."""
    rows = Job.objects.select_for_update(of=("self",), no_key=True).filter(pk=job_id)
    job = rows.first()
    if job is None or job.is_finished:
        return None, None
    files.remove_all(job)
    owner = owners.reload_owner(job.owner_id) if job.owner_id else None
    if refusal := _refusal(job, owner):
        _finish(job, *refusal)
        return None, None
    job.status, job.started_at = Status.RUNNING, timezone.now()
    job.attempt += 1
    job.done = job.total = 0
    job.message = ""
    job.save(update_fields=["status", "started_at", "attempt", "done", "total", "message"])
    return job, owner


def _refusal(job: Job, owner: Any) -> tuple[Status, str] | None:
    """Why the job may not start (again)."""
    if job.cancel_requested_at:
        return Status.CANCELLED, "已取消，没有写入任何数据"
    if not is_declared(job.name):
        return Status.FAILED, "系统中没有这种任务，请联系管理员"
    if job.attempt >= MAX_ATTEMPTS:
        return Status.FAILED, f"任务中断了 {job.attempt} 次，已停止重试，没有写入任何数据"
    if job.owner_id and owner is None:
        return Status.REFUSED, "发起任务的账号已禁用，任务没有执行"
    if owner and owners.lacks(owner, declared(job.name).permissions):
        return Status.REFUSED, "您的账号已没有执行这项操作的权限，任务没有执行"
    return None


def _do(run: JobRun, kind: Background, writer: ProgressWriter) -> None:
    """The work and the row's success in one transaction (unless the work is declared repeatable).

    What makes nothing but a file reads from the standby, if that is fit, and after a failure from the primary.
    """
    if not kind.atomic:
        kind.work(run, **run.job.params)
    may_wait = kind.renewable and run.job.attempt == 1
    elsewhere = may_wait and is_fit_by_now(patience=STANDBY_SECONDS)
    with transaction.atomic():
        if kind.atomic:
            with read_standby() if elsewhere else nullcontext():
                kind.work(run, **run.job.params)
        writer.stop()
        run.job.done, run.job.total = writer.standing.done, writer.standing.total
        _finish(run.job, Status.SUCCEEDED, run.job.message)


def _end_badly(run: JobRun, error: Exception) -> None:
    """Give the job back, or tell its owner; whatever it wrote has been rolled back."""
    job = run.job
    files.remove_all(job)
    job.result.name = job.report.name = job.result_name = job.report_name = ""
    kind = declared(job.name)
    if isinstance(error, JobCancelled):
        _finish(job, Status.CANCELLED, "已取消，没有写入任何数据")
    elif isinstance(error, (JobFailed, *kind.refusals)):
        _finish(job, Status.FAILED, str(error))
    elif _interrupts(error) and job.attempt < MAX_ATTEMPTS:
        _give_back(job)
        raise error
    else:
        _finish(job, Status.FAILED, f"处理时出错，没有写入任何数据。任务编号 {job.pk}")
        raise error


def _interrupts(error: Exception) -> bool:
    """Whether another start may fare better."""
    return isinstance(error, JobInterrupted) or passes(error)


def _give_back(job: Job) -> None:
    """To the queue, for another start."""
    give_up_connection()
    with whole_country(reason="giving a job back"):
        mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, status=Status.RUNNING)
        mine.update(status=Status.WAITING, message="处理中断，稍后自动继续")


def _finish(job: Job, status: Status, message: str) -> None:
    """Write the end of the job, if this start is still the one that counts. Raises `JobSuperseded`."""
    now = timezone.now()
    ending = {
        "status": status,
        "message": message[:300],
        "finished_at": now,
        "expires_at": now + timedelta(days=settings.JOBS_KEEP_DAYS),
        "done": job.done,
        "total": job.total,
        "result": job.result.name or "",
        "result_name": job.result_name,
        "report": job.report.name or "",
        "report_name": job.report_name,
        "link_url": job.link_url,
        "link_label": job.link_label,
    }
    # Not in the owner's scope: the account may have moved since it asked.
    with whole_country(reason="ending a job"):
        mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, finished_at__isnull=True)
        if mine.update(**ending) != 1:
            raise JobSuperseded
        if job.owner_id and job.path:
            announce([_happening(job, status)])


def _happening(job: Job, status: Status) -> Happening:
    """For its owner alone."""
    return Happening(
        EventName.JOB_DONE,
        job.path,
        account_id=job.owner_id,
        state=status,
        object_kind="job",
        object_id=job.pk,
    )
