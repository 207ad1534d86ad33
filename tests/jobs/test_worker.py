"""A real worker on the real database: killed half way, stopped, cancelled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.jobs.models import Job, Status
from apps.jobs.services import cancel, enqueue
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests.jobs import work

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0


@pytest.fixture
def start_worker() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start workers as production does, on the tests' database; none outlives the test."""
    workers: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SECRET_KEY": settings.SECRET_KEY,
    }

    def started() -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
        workers.append(subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR))
        return workers[-1]

    yield started
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.fixture
def job(country: Any, province_officer: User, tmp_path: Path) -> Job:
    assert work.halfway  # declared here as in the worker
    return enqueue("tests.halfway", by=Actor.of(province_officer), go=str(tmp_path / "go"))


def go_on(job: Job) -> None:
    Path(job.params["go"]).touch()


def wait_for(job: Job, reached: Callable[[Job], bool]) -> Job:
    """The job once it is there; what it says comes from the worker's own connection."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with whole_country(reason="test"):
            job.refresh_from_db()
        if reached(job):
            return job
        time.sleep(0.1)
    pytest.fail(f"still {job.status}, attempt {job.attempt}, {job.done} of {job.total}")


def half_done(job: Job) -> bool:
    return job.status == Status.RUNNING and job.done == 1


def phone() -> str:
    return Organization.objects.get(code="420106").phone


def files_of(job: Job) -> list[str]:
    return default_storage.listdir(f"jobs/{job.token}")[1]


def test_a_killed_workers_job_is_taken_up_again_and_done_once(
    start_worker: Callable[[], subprocess.Popen[bytes]], job: Job
) -> None:
    worker = start_worker()
    wait_for(job, half_done)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert phone() == ""
    assert files_of(job) == ["1-result.xlsx"]
    go_on(job)
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt, job.message) == (Status.SUCCEEDED, 2, "做完了")
    assert phone() == "x"
    assert files_of(job) == ["2-result.xlsx"]


def test_a_worker_that_is_stopped_hands_its_job_back(
    start_worker: Callable[[], subprocess.Popen[bytes]], job: Job
) -> None:
    worker = start_worker()
    wait_for(job, half_done)

    worker.terminate()
    worker.wait(timeout=20)

    wait_for(job, lambda job: job.status == Status.WAITING)
    assert phone() == ""
    go_on(job)
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
    assert phone() == "x"


def test_a_running_job_is_cancelled_and_leaves_nothing(
    start_worker: Callable[[], subprocess.Popen[bytes]], job: Job
) -> None:
    start_worker()
    wait_for(job, half_done)

    with whole_country(reason="test"):
        cancel(job)

    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.message) == (Status.CANCELLED, "已取消，没有写入任何数据")
    assert phone() == ""
    assert not default_storage.exists(f"jobs/{job.token}")


def test_one_persons_jobs_leave_room_for_others(
    start_worker: Callable[[], subprocess.Popen[bytes]],
    job: Job,
    province_officer: User,
    city_reviewer: User,
    tmp_path: Path,
) -> None:
    mine = [enqueue("tests.halfway", by=Actor.of(province_officer), **job.params) for _ in range(3)]
    (tmp_path / "now").touch()
    now = str(tmp_path / "now")
    other = enqueue("tests.halfway", by=Actor.of(city_reviewer), go=now, code="420100")

    start_worker()

    wait_for(other, lambda job: job.status == Status.SUCCEEDED)
    for each in (job, mine[0]):
        wait_for(each, lambda job: job.status == Status.RUNNING)
    waiting = Job.objects.filter(owner=province_officer, status=Status.WAITING)
    assert [each.pk for each in waiting.order_by("pk")] == [each.pk for each in mine[1:]]
    go_on(job)
    for each in (job, *mine):
        wait_for(each, lambda job: job.status == Status.SUCCEEDED)
