"""A job that can't be taken up, or that the queue has lost, ends as failed and lets the same work be asked again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.domain.actors import Actor
from apps.jobs import registry
from apps.jobs.domain.sweeping import sweep
from apps.jobs.models import Job, Status
from apps.jobs.registry import background
from apps.jobs.running import JobRun, run_job
from apps.jobs.services import enqueue
from apps.jobs.tasks import sweep as sweep_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(country, province_officer) -> Any:
    def work(job: JobRun) -> None:
        """Nothing to do."""

    background("tests.swept", title="测试任务")(work)
    yield lambda: enqueue("tests.swept", by=Actor.of(province_officer))
    registry._declared.pop("tests.swept", None)


def aged(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=5))


def lose_queue(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(job.pk)])


def test_a_job_that_cannot_be_taken_up_fails_and_can_be_asked_again(
    ask: Callable[[], Job], settings, tmp_path
) -> None:
    job = ask()
    folder = tmp_path / "jobs" / job.token
    folder.parent.mkdir()
    folder.write_text("a file where the job's folder should be")
    settings.MEDIA_ROOT = str(tmp_path)

    with pytest.raises(NotADirectoryError):
        run_job(job.pk)

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "没能开始" in job.message
    assert ask().pk != job.pk


def test_what_the_queue_has_lost_is_ended(ask: Callable[[], Job]) -> None:
    job = ask()
    aged(job)
    lose_queue(job)

    sweep_task()

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert ask().pk != job.pk


def test_what_waits_in_the_queue_or_has_just_been_asked_for_stays(ask: Callable[[], Job]) -> None:
    job = ask()
    aged(job)
    assert sweep() == 0

    Job.objects.filter(pk=job.pk).update(created_at=timezone.now())
    lose_queue(job)
    assert sweep() == 0
    assert ProcrastinateJob.objects.count() == 0
    job.refresh_from_db()
    assert job.status == Status.WAITING


def test_a_start_that_died_for_good_is_ended(ask: Callable[[], Job]) -> None:
    job = ask()
    aged(job)
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempt=5)
    lose_queue(job)

    assert sweep() == 1

    job.refresh_from_db()
    assert "没有恢复" in job.message
