"""Asking for jobs and taking them back.

Invariant: nobody has the same work unfinished twice, nor more than JOBS_UNFINISHED_PER_OWNER jobs unfinished.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from procrastinate.contrib.django import app

from apps.audit.request_id import current_request_id
from apps.scope.sandbox import current_sandbox, within

from . import owners
from .models import ONE_UNFINISHED_ALIKE, Job, Status
from .registry import Background, declared

LONGEST_TITLE: int = Job._meta.get_field("title").max_length  # type: ignore[assignment]
LONGEST_URL: int = Job._meta.get_field("back_url").max_length  # type: ignore[assignment]
# A worker listens to all queues; one more may listen to what somebody sits and waits for alone.
WAITED_FOR, LONG = "waited", "default"
STANDS_IN = (
    "数量较大的导出和导入须在本机构名下办理：以已并入机构的名义不能提交后台任务，请缩小范围后再试。"
)
"""A job runs in the scope of its owner's own unit."""
CANCELLED = ("cancel_requested_at", "fingerprint", "status", "finished_at", "message")


class TooManyJobs(PermissionDenied):
    """The person has to wait for some of their jobs; where no view says so, the page 403 shows the sentence."""


@transaction.atomic
def enqueue(name: str, *, by: Any, title: str = "", back_url: str = "", **params: Any) -> Job:
    """Ask for a job in the name of `by`; it starts once the transaction has committed.

    Asked for once more while it is unfinished, the same work is the same job. Raises `TooManyJobs`.

    `params` are JSON values: ids, not objects, and never a password. `back_url` is the page to return to.
    Somebody acting for a lower unit says so in `params`; the work rebuilds it from `job.actor`.
    """
    kind = declared(name)
    if by.mandate is not None:
        raise TooManyJobs("代其他机构填报时，不能交给后台办理；请分成几次，或由该机构自己办理。")
    if by.on_behalf_of is not None:
        raise ValueError("A job acts for its owner: pass the unit acted for as a parameter.")
    if by.user and getattr(by.user, "home", None):
        raise PermissionDenied(STANDS_IN)
    if len(back_url) > LONGEST_URL:
        back_url = back_url.partition("?")[0]
    if back_url and not url_has_allowed_host_and_scheme(back_url, allowed_hosts=None):
        raise ValueError(f"Not an address of this site: {back_url}")
    fingerprint = _fingerprint(name, params, by.token_id)
    unfinished = list(Job.objects.filter(owner=by.user).unfinished().order_by("pk"))
    alike = _alike(unfinished, fingerprint) if by.user else None
    if alike:
        return alike
    if by.user and len(unfinished) >= settings.JOBS_UNFINISHED_PER_OWNER:
        raise TooManyJobs(
            f"您已有 {len(unfinished)} 项任务没有完成，请稍候，或在“我的任务”中取消其中一些后再试。"
        )
    path, enterprise_id = owners.place_of(by.user)
    job = Job(
        name=name,
        title=(title or kind.title)[:LONGEST_TITLE],
        owner=by.user,
        path=path,
        enterprise_id=enterprise_id,
        params=params,
        fingerprint=fingerprint,
        slot=_free_slot(unfinished),
        back_url=back_url,
        through=by.token,
        through_id=by.token_id,
        request_id=current_request_id(),
    )
    return _queued(job, kind, ahead=len(unfinished) if by.user else 0)


def _queued(job: Job, kind: Background, *, ahead: int) -> Job:
    """The job with its row and its place in the queue, or the same one that a second click was quicker with.

    The n-th job of a person stands behind the first ones of everybody else.
    """
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        if ONE_UNFINISHED_ALIKE not in str(error):
            raise
        return Job.objects.filter(owner=job.owner).unfinished().get(fingerprint=job.fingerprint)
    # In the same transaction as the row: workers see both or neither.
    sandbox = current_sandbox()
    told = {} if sandbox is None else {"sandbox": sandbox.number}
    with within(None):  # there is one queue
        app.configure_task(
            "jobs.run",
            queue=WAITED_FOR if kind.priority > 0 else LONG,
            priority=kind.priority - ahead,
            lock=f"jobs.owner-{job.owner_id}-{job.slot}",
        ).defer(job_id=job.pk, **told)
    return job


def _fingerprint(name: str, params: dict[str, Any], through: int | None) -> str:
    """A program finds its own jobs alone, so that what a person asked for is none of them."""
    told = [name, params] if through is None else [name, params, through]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _alike(unfinished: Sequence[Job], fingerprint: str) -> Job | None:
    return next((job for job in unfinished if job.fingerprint == fingerprint), None)


def _free_slot(unfinished: Sequence[Job]) -> int:
    """The least busy of the owner's lanes: so many of one person's jobs run at once, others' beside them."""
    busy = Counter(job.slot for job in unfinished)
    return min(range(settings.JOBS_PER_OWNER), key=lambda slot: busy[slot])


@transaction.atomic
def cancel(job: Job) -> Job:
    """Take a job back: at once while it waits, at its next step while it runs."""
    current: Job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
    if current.can_cancel:
        current.cancel_requested_at = timezone.now()
        current.fingerprint = ""  # whoever asks for it again wants a new one
        if current.status == Status.WAITING:
            current.status, current.finished_at = Status.CANCELLED, timezone.now()
            current.message = "已在开始前取消"
        current.save(update_fields=CANCELLED)
    return current


def restart(job: Job, *, by: Any) -> Job:
    """The same work once more, as a new job."""
    return enqueue(job.name, by=by, title=job.title, back_url=job.back_url, **job.params)
