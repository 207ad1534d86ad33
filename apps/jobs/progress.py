"""Telling how far a job is, from outside its transaction: seen at once, and costing the work nothing.

Invariant: the row is touched only while this start of the job is the one that counts.
"""

import threading
from contextvars import copy_context
from dataclasses import dataclass
from typing import Self

from django.db import DatabaseError, connection

from apps.scope.context import whole_country

from .models import Job, Status

INTERVAL = 1.0  # seconds between two writes


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work is."""

    done: int = 0
    total: int = 0
    message: str = ""


class ProgressWriter:
    """A thread of its own with a connection of its own; `stop()` before the job's row is finished.

    The first write comes after one interval: short jobs never open the second connection.
    """

    def __init__(self, job_id: int, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        self.standing = self.written = Standing()
        self.cancelled = False
        self._ended = threading.Event()
        # In the same sandbox, if the job is in one.
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name=f"job-{job_id}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(INTERVAL):
                with whole_country(reason="progress of a job"):
                    self._flush()
        finally:
            connection.close()

    def _flush(self) -> None:
        now = self.standing
        mine = Job.objects.filter(pk=self.job_id, attempt=self.attempt, status=Status.RUNNING)
        try:
            if now != self.written:
                mine.update(done=now.done, total=now.total, message=now.message[:300])
                self.written = now
            self.cancelled = mine.filter(cancel_requested_at__isnull=False).exists()
        except DatabaseError:
            # The work meets the same database soon enough; progress is no reason to end it.
            connection.close()
