"""Django's `migrate`, which makes nobody wait: a lock that isn't to be had at once is asked for again later.

Invariant: no statement of a migration waits longer than LOCK_SECONDS for a lock, for behind it everybody would wait.
What was done stays done; the migration that was refused is rolled back and begins anew.
"""

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError

from apps.scope.passing import is_busy
from apps.scope.server.sql import limit_locks

LOCK_SECONDS = 2
PAUSE = 3.0
TRIES = 40


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
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
