"""Ten people's long exports, at work for as long as something else is measured."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.exchange.domain.exports import job_name
from apps.jobs.models import Job, Status
from apps.jobs.services import enqueue
from apps.scope.context import whole_country
from tests.bench.rounds.working import worker
from tests.bench.sheets.exporting import LINE_EXPORT

EXPORTS, EXPORTED = 10, 300_000
WORKER = "tests.bench.sheets.worker_settings"


@contextmanager
def exports_under_way(
    accounts: Sequence[User], number: int, *, cores: Collection[int] = (), **changed: str
) -> Iterator[None]:
    """One for each account, in this round; `cores` and `changed`, variables, are the worker's.

    Raises `RuntimeError` where they end before the block.
    """
    with whole_country(reason="bench"):
        jobs = [_export(account, number) for account in accounts]
    with worker(WORKER, cores=cores, **changed):
        _await_three(jobs)
        yield
        _require_unfinished(jobs)
    with whole_country(reason="bench"):
        Job.objects.filter(pk__in=jobs).delete()


def _export(account: User, number: int) -> int:
    context = {"count": EXPORTED, "round": number}
    by = Actor.of(account)
    return enqueue(job_name(LINE_EXPORT), by=by, context=context, extension="xlsx").pk


def _await_three(jobs: Sequence[int], seconds: float = 60) -> None:
    """Until as many exports run at once as the worker lets run."""
    give_up = time.monotonic() + seconds
    wanted = min(settings.PROCRASTINATE_WORKER_DEFAULTS["concurrency"], len(jobs))
    while _standing(jobs).count(Status.RUNNING) < wanted:
        if time.monotonic() > give_up:
            raise TimeoutError("the exports did not start")
        time.sleep(0.2)


def _require_unfinished(jobs: Sequence[int]) -> None:
    if Status.RUNNING not in _standing(jobs):
        raise RuntimeError(f"the exports ended before the saves: {_standing(jobs)}")


def _standing(jobs: Sequence[int]) -> list[str]:
    with whole_country(reason="bench"):
        return list(Job.objects.filter(pk__in=jobs).values_list("status", flat=True))
