"""The summary of work in progress: what open bureaus hold, as of the time when a job last looked."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.models import Project
from apps.reporting.domain.rollup.sql import Stand, stands, sum_up, typed_since
from apps.review.models import Filing

REFRESH = "reporting.refresh_progress"
AT_ONCE = 100
"""Bureaus in one transaction."""


def refresh(project: Project) -> datetime:
    """Bring the summary of the bureaus in scope up to date; only what changed is read anew. Returns its time.

    Safe to run twice and at the same time. Costs seven statements for every hundred bureaus of one depth.
    """
    at = timezone.now()
    bureaus = Filing.objects.of_project(project).bureaus().values_list("pk", flat=True)
    stale = _stale(list(bureaus))
    for part in _upwards(stale):
        with transaction.atomic():
            sum_up(part, at=at)
    return at


def ask_for_refresh(project: Project, *, by: Actor, back_url: str = "") -> Job:
    """Let the background do it; asked twice it is one job. Raises `apps.jobs.services.TooManyJobs`."""
    return enqueue(REFRESH, by=by, back_url=back_url, project_id=project.pk)


def _stale(bureaus: Sequence[int]) -> list[Stand]:
    """What has to be added up again: where something moved or was typed, and every bureau above."""
    kept = {stand.pk: stand for stand in stands(bureaus)}
    typed = typed_since(bureaus)
    wanted: set[int] = set()
    for stand in sorted(kept.values(), key=lambda stand: stand.path, reverse=True):
        if stand.moved or stand.as_of is None or stand.pk in typed:
            wanted.add(stand.pk)
        above = kept.get(stand.parent or 0)
        newer = above and above.as_of and stand.as_of and stand.as_of > above.as_of
        if above and (stand.pk in wanted or newer):
            wanted.add(above.pk)
    return [kept[pk] for pk in wanted]


def _upwards(stale: Sequence[Stand]) -> Iterator[list[Stand]]:
    """The deepest first; no part holds a bureau and one below it."""

    def depth(stand: Stand) -> int:
        return -stand.path.count("/")

    for _depth, level in groupby(sorted(stale, key=depth), key=depth):
        alike = sorted(level, key=lambda stand: stand.pk)
        for start in range(0, len(alike), AT_ONCE):
            yield alike[start : start + AT_ONCE]
