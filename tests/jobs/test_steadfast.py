"""A worker whose database goes away for longer than procrastinate waits, and comes back."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs.models import Job, Status
from apps.jobs.services import enqueue
from tests.cutting import Line, line_to
from tests.jobs import work
from tests.jobs.real_worker import wait_for, workers
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
AWAY = 4.0
"""Seconds; in these settings the worker gives its line up after one."""


@pytest.fixture
def line() -> Iterator[Line]:
    with line_to(connection) as line:
        yield line


def test_a_worker_outlives_its_database_and_does_what_it_had_in_hand(
    country: Any, line: Line, province_officer: User, tmp_path: Path
) -> None:
    assert work.halfway
    go = tmp_path / "go"
    job = enqueue("tests.halfway", by=Actor.of(province_officer), go=str(go))
    with workers() as start:
        worker = start(TEST_LINE=str(line.port))
        wait_for(job, lambda job: job.status == Status.RUNNING and job.done == 1)

        line.go_away()
        time.sleep(AWAY)
        assert worker.poll() is None
        line.come_back()
        go.touch()

        wait_for(job, lambda job: job.is_finished)
        assert (job.status, job.attempt, job.message) == (Status.SUCCEEDED, 2, "做完了")
        worker.terminate()
        assert worker.wait(timeout=PATIENCE) == 0


def test_a_worker_that_starts_before_its_database_waits_for_it(
    country: Any, line: Line, province_officer: User, tmp_path: Path
) -> None:
    (tmp_path / "go").touch()
    line.go_away()
    with workers() as start:
        worker = start(TEST_LINE=str(line.port))
        job = enqueue("tests.halfway", by=Actor.of(province_officer), go=str(tmp_path / "go"))
        time.sleep(AWAY)
        assert (worker.poll(), Job.objects.get().status) == (None, Status.WAITING)

        line.come_back()

        wait_for(job, lambda job: job.status == Status.SUCCEEDED)
