"""The worker as production starts it; with other settings it knows more jobs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bin import processes


@contextmanager
def worker(settings: str = "config.settings") -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
    child = processes.start(command, environment)
    try:
        yield child
    finally:
        processes.stop([child])
