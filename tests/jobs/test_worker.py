"""A real worker on the real database: killed half way, stopped, cancelled, shared."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs.models import Job, Status
from apps.jobs.services import cancel, enqueue
from apps.jobs.tasks import NICENESS
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from apps.scope.database import run
from tests.jobs import work
from tests.jobs.real_worker import Worker, wait_for, workers
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., Worker]
LEAST = 19
"""Of niceness: nobody gives way more."""
CLOCK = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, worker_id, scheduled_at)
    VALUES ('default', 'jobs.sweep', 'jobs.sweep', '{"timestamp": 1}', %(status)s, %(worker)s, now() + interval '1 day')
"""


@pytest.fixture
def start_worker() -> Iterator[Start]:
    with workers() as start:
        yield start


@pytest.fixture
def job(country: Any, province_officer: User, tmp_path: Path) -> Job:
    assert work.halfway  # declared here as in the worker
    return enqueue("tests.halfway", by=Actor.of(province_officer), go=str(tmp_path / "go"))


def go_on(job: Job) -> None:
    Path(job.params["go"]).touch()


def half_done(job: Job) -> bool:
    return job.status == Status.RUNNING and job.done == 1


def phone() -> str:
    return Organization.objects.get(code="420106").phone


def files_of(job: Job) -> list[str]:
    return default_storage.listdir(f"jobs/{job.token}")[1]


def leave_work_by_the_clock(job: Job) -> None:
    """In the dead worker's hands, while its next turn waits already: it can't be queued again."""
    dead = ProcrastinateJob.objects.get(args__job_id=job.pk).worker_id
    run("DELETE FROM procrastinate_jobs WHERE queueing_lock = 'jobs.sweep'")
    run(CLOCK, {"status": "doing", "worker": dead})
    run(CLOCK, {"status": "todo", "worker": None})


def test_a_killed_workers_job_is_taken_up_again_and_done_once(
    start_worker: Start, job: Job
) -> None:
    worker = start_worker()
    wait_for(job, half_done)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    leave_work_by_the_clock(job)

    assert phone() == ""
    assert files_of(job) == ["1-result.xlsx"]
    go_on(job)
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt, job.message) == (Status.SUCCEEDED, 2, "做完了")
    assert phone() == "x"
    assert files_of(job) == ["2-result.xlsx"]


def test_a_worker_that_is_stopped_hands_its_job_back(start_worker: Start, job: Job) -> None:
    worker = start_worker()
    wait_for(job, half_done)

    worker.terminate()
    worker.wait(timeout=PATIENCE)

    wait_for(job, lambda job: job.status == Status.WAITING)
    assert phone() == ""
    go_on(job)
    start_worker()
    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.attempt) == (Status.SUCCEEDED, 2)
    assert phone() == "x"


def test_a_running_job_is_cancelled_and_leaves_nothing(start_worker: Start, job: Job) -> None:
    start_worker()
    wait_for(job, half_done)

    with whole_country(reason="test"):
        cancel(job)

    wait_for(job, lambda job: job.is_finished)
    assert (job.status, job.message) == (Status.CANCELLED, "已取消，没有写入任何数据")
    assert phone() == ""
    assert not default_storage.exists(f"jobs/{job.token}")


def test_a_job_works_behind_the_pages_and_the_worker_itself_does_not(
    start_worker: Start, job: Job
) -> None:
    worker = start_worker()
    wait_for(job, half_done)

    nice = niceness_of_threads(worker)

    assert max(nice) == max(NICENESS, own_niceness())
    assert min(nice) == own_niceness()  # heartbeats are not late because pages are busy


def test_a_worker_that_gives_way_more_is_not_called_forward_by_its_jobs(
    start_worker: Start, job: Job
) -> None:
    """Who is not root may not even try."""
    worker = start_worker(niceness=LEAST)
    wait_for(job, half_done)

    assert set(niceness_of_threads(worker)) == {min(LEAST, own_niceness() + LEAST)}


def niceness_of_threads(worker: Worker) -> list[int]:
    threads = Path(f"/proc/{worker.pid}/task").iterdir()
    return [int((thread / "stat").read_text().rpartition(")")[2].split()[16]) for thread in threads]


def own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_one_persons_jobs_leave_room_for_others(
    start_worker: Start,
    job: Job,
    province_officer: User,
    city_reviewer: User,
    tmp_path: Path,
) -> None:
    by, go = Actor.of(province_officer), job.params["go"]
    mine = [enqueue("tests.halfway", by=by, go=go, number=number) for number in range(3)]
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


def test_twenty_jobs_of_one_person_do_not_come_before_the_first_of_another(
    start_worker: Start, country: Any, province_officer: User, city_reviewer: User, tmp_path: Path
) -> None:
    (tmp_path / "now").touch()
    now = str(tmp_path / "now")
    mine = [
        enqueue("tests.halfway", by=Actor.of(province_officer), go=now, number=number)
        for number in range(20)
    ]
    other = enqueue("tests.halfway", by=Actor.of(city_reviewer), go=now, code="420100")

    start_worker()

    for each in (*mine, other):
        wait_for(each, lambda job: job.status == Status.SUCCEEDED)
    before = [each for each in mine if each.started_at < other.started_at]
    assert len(before) <= 2  # those that started together with it, one in each of the owner's lanes
    order = sorted(mine, key=lambda job: job.started_at)
    assert {each.pk for each in order[:6]} <= {each.pk for each in mine[:8]}


def test_a_worker_for_what_people_wait_for_leaves_the_long_work(
    start_worker: Start, country: Any, province_officer: User, tmp_path: Path
) -> None:
    by = Actor.of(province_officer)
    (tmp_path / "now").touch()
    now = str(tmp_path / "now")
    long = enqueue("tests.halfway", by=by, go=now)
    waited = enqueue("tests.waited", by=by, go=now, code="420100")

    start_worker("--queues", "waited")

    wait_for(waited, lambda job: job.status == Status.SUCCEEDED)
    long.refresh_from_db()
    assert long.status == Status.WAITING
