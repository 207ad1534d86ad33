"""Asking for jobs and taking them back."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from procrastinate.contrib.django import app

from apps.audit.request_id import current_request_id

from . import owners
from .models import Job, Status
from .registry import declared


@transaction.atomic
def enqueue(name: str, *, by: Any, title: str = "", back_url: str = "", **params: Any) -> Job:
    """Ask for a job in the name of `by`; it starts once the transaction has committed.

    `params` are JSON values: ids, not objects, and never a password. `back_url` is the page to return to.
    Somebody acting for a lower unit says so in `params`; the work rebuilds it from `job.actor`.
    """
    kind = declared(name)
    if by.on_behalf_of is not None:
        raise ValueError("A job acts for its owner: pass the unit acted for as a parameter.")
    if back_url and not url_has_allowed_host_and_scheme(back_url, allowed_hosts=None):
        raise ValueError(f"Not an address of this site: {back_url}")
    path, enterprise_id = owners.place_of(by.user)
    job: Job = Job.objects.create(
        name=name,
        title=title or kind.title,
        owner=by.user,
        path=path,
        enterprise_id=enterprise_id,
        params=params,
        slot=_free_slot(by.user),
        back_url=back_url,
        request_id=current_request_id(),
    )
    # In the same transaction as the row: workers see both or neither.
    app.configure_task(
        "jobs.run", priority=kind.priority, lock=f"jobs.owner-{job.owner_id}-{job.slot}"
    ).defer(job_id=job.pk)
    return job


def _free_slot(owner: Any) -> int:
    """The least busy of the owner's lanes: so many of one person's jobs run at once, others' beside them."""
    slots = Job.objects.filter(owner=owner).unfinished().values_list("slot", flat=True)
    busy = Counter(slots)
    return min(range(settings.JOBS_PER_OWNER), key=lambda slot: busy[slot])


@transaction.atomic
def cancel(job: Job) -> Job:
    """Take a job back: at once while it waits, at its next step while it runs."""
    current: Job = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
    if current.can_cancel:
        current.cancel_requested_at = timezone.now()
        if current.status == Status.WAITING:
            current.status, current.finished_at = Status.CANCELLED, timezone.now()
            current.message = "已在开始前取消"
        current.save(update_fields=["cancel_requested_at", "status", "finished_at", "message"])
    return current


def restart(job: Job, *, by: Any) -> Job:
    """The same work once more, as a new job."""
    return enqueue(job.name, by=by, title=job.title, back_url=job.back_url, **job.params)
