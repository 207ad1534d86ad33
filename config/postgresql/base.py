"""Django's PostgreSQL, asking the operating system instead of the server whether a kept connection still stands."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ended a connection has said so: there is something to read. Only then it is asked.

    Django's own check (`CONN_HEALTH_CHECKS`) costs every request a trip to the server before its first statement.
    """

    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if not self.health_check_done and self.connection is not None and _silent(self.connection):
            self.health_check_done = True
            return
        super().close_if_health_check_failed()


def _silent(connection: Any) -> bool:
    """Whether nothing came on the line since the last answer was read."""
    if connection.closed:
        return False
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN | select.POLLHUP)
    return not line.poll(0)
