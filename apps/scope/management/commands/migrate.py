"""Django's `migrate`, which makes nobody wait: a lock that isn't to be had at once is asked for again later.

Invariants: no statement of a migration waits longer than LOCK_SECONDS for a lock, for behind it everybody would wait.
What was done stays done; the migration that was refused is rolled back and begins anew. Of several that are started at
once on one database one works and the others wait: two nodes that start together may both migrate.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error, OperationalError

from apps.scope.passing import is_busy
from apps.scope.server.sql import leave_turn, limit_locks, take_turn

LOCK_SECONDS = 2
PAUSE = 3.0
TRIES = 40
TURN = 0.5
"""Seconds between two questions whether another one has done. It is asked, not waited for: a statement that waits would
keep an index from being made beside others."""


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with self._alone():
            self._migrate(*args, **options)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else migrates this database meanwhile; whoever dies gives his turn away with his session."""
        if not take_turn():
            self.stderr.write("Somebody else is migrating this database: waiting for that to end.")
            while not take_turn():
                time.sleep(TURN)
        try:
            yield
        finally:
            with suppress(Error):  # a session that broke has left it
                leave_turn()

    def _migrate(self, *args: Any, **options: Any) -> None:
        for _ in range(TRIES):
            limit_locks(LOCK_SECONDS)
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not is_busy(error):
                    raise
                self.stderr.write(
                    f"Somebody holds what this needs ({error}). Once more in {PAUSE:g} s."
                )
            else:
                return
            time.sleep(PAUSE)
        raise CommandError(
            "The tables were in use all the time: try again when there is less to do."
        )
