"""Real workers beside a test, as production starts them, on the test's database; none outlives it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from apps.jobs.models import Job
from apps.scope.context import whole_country
from tests.waiting import wait_until

Worker = subprocess.Popen[bytes]
COMMAND = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]


@contextmanager
def workers() -> Iterator[Callable[..., Worker]]:
    """A function that starts one more worker."""
    started: list[Worker] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "AUDIT_DIR": str(settings.AUDIT_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
    }

    def start(*arguments: str, niceness: int = 0, **said: str) -> Worker:
        given_way = ["nice", "-n", str(niceness)] if niceness else []
        command = [*given_way, *COMMAND, *arguments]
        started.append(subprocess.Popen(command, env=environment | said, cwd=settings.BASE_DIR))
        return started[-1]

    try:
        yield start
    finally:
        for worker in started:
            worker.kill()
            worker.wait()


def wait_for(job: Job, reached: Callable[[Job], bool]) -> Job:
    """The job once it is there; what it says comes from the worker's own connection."""

    def there() -> bool:
        with whole_country(reason="test"):
            job.refresh_from_db()
        return reached(job)

    wait_until(
        there, lambda: f"still {job.status}, attempt {job.attempt}, {job.done} of {job.total}"
    )
    return job


def wait_for_file(path: Path) -> None:
    wait_until(path.exists, lambda: f"no {path}")
