"""The worker as production starts it; with other settings it knows more jobs."""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from bin import processes


@contextmanager
def worker(
    settings: str = "config.settings", *, cores: Collection[int] = (), **changed: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`cores`: the only ones that it works on, where it stands for a machine of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, **changed}
    command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
    with bound_to(cores or os.sched_getaffinity(0)):
        child = processes.start(command, environment)
    try:
        yield child
    finally:
        processes.stop([child])


@contextmanager
def bound_to(cores: Collection[int]) -> Iterator[None]:
    """What is started within the block, programs and threads, works on these cores alone; Linux's doing."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
