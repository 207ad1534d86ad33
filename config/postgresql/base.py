"""Django's PostgreSQL, with three differences.

The operating system is asked instead of the server whether a kept connection still stands. And every cursor tells the
server the scope in force (`apps.scope.cursors`), again after whatever may have taken it back. And who keeps connections
has statements planned once (docs/decisions/0109).
"""

import select
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg.postgres import types
from psycopg.pq import Format

from apps.scope.cursors import Cursor, ServerSideCursor, forget

TIMESTAMPTZ = types["timestamptz"].oid


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

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def init_connection_state(self) -> None:
        """A connection that stays plans a prepared statement once, not anew for each of its first five values."""
        super().init_connection_state()
        if self.settings_dict["CONN_MAX_AGE"] and not settings.DATABASE_POOLED:
            self.connection.execute("SET plan_cache_mode TO force_generic_plan")

    def create_cursor(self, name: str | None = None) -> Any:
        if name is None:
            return super().create_cursor()
        raw: Any = self.connection
        cursor = ServerSideCursor(raw, name=name, scrollable=False, withhold=raw.autocommit)
        if self.timezone != raw.adapters.get_loader(TIMESTAMPTZ, Format.TEXT).timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    def _set_autocommit(self, autocommit: Any) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if settings.DATABASE_POOLED:  # a transaction ended, or begins with another session
            forget(self.connection)

    def rollback(self) -> None:
        forget(self.connection)
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        forget(self.connection)


def _silent(connection: Any) -> bool:
    """Whether nothing came on the line since the last answer was read."""
    if connection.closed:
        return False
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN | select.POLLHUP)
    return not line.poll(0)
