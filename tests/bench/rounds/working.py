"""The worker as production starts it; with other settings it knows more jobs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bin import processes


@contextmanager
def worker(
    settings: str = "config.settings", *, niceness: int = 0, **changed: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`niceness`: how much it gives way to others here, since in production it stands elsewhere."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, **changed}
    given_way = ["nice", "-n", str(niceness)] if niceness else []
    work = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
    command = [*given_way, *work]
    child = processes.start(command, environment)
    try:
        yield child
    finally:
        processes.stop([child])
