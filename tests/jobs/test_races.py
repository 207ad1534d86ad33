"""Two clicks at the same moment."""

import threading
from typing import Any

import pytest
from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs import registry
from apps.jobs.models import Job
from apps.jobs.registry import background
from apps.jobs.services import enqueue
from apps.scope.context import whole_country

CLICKS = 6


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_ask_for_one_job(
    country: Any, province_officer: User, request: pytest.FixtureRequest
) -> None:
    background("tests.clicked", title="测试任务")(lambda _job: None)
    request.addfinalizer(lambda: registry._declared.pop("tests.clicked"))
    start, asked = threading.Barrier(CLICKS), []

    def click() -> None:
        try:
            with whole_country(reason="test"):
                start.wait()
                asked.append(enqueue("tests.clicked", by=Actor.of(province_officer)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert asked == [Job.objects.get().pk] * CLICKS
