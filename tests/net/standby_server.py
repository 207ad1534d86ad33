"""A real standby of an embedded server: copied by `pg_basebackup`, fed by streaming, on a socket of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections

from apps.scope import standby
from apps.scope.reading import STANDBY
from config.embedded_postgres import NAME, TEST_SETTINGS, VAR, Server, server_for_tests
from tests.waiting import wait_until


@dataclass(frozen=True)
class StandbyServer(Server):
    """Follows the server at this address of its owner; by default that of the tests."""

    follows: str = ""

    def _init_data(self) -> None:
        if self.data.exists():
            return
        new = self.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        self._make_private(new)
        copied = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--no-manifest")
        self._run(
            "pg_basebackup",
            f"--pgdata={new}",
            f"--dbname={self.follows or server_for_tests().url()}",
            *copied,
        )
        new.rename(self.data)

    def _stop_server(self) -> None:
        """At once: nothing of it is kept."""
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "immediate", "-w")

    def _create_database(self) -> None:
        """Comes from the other one."""


@contextmanager
def running_standby() -> Iterator[StandbyServer]:
    primary = server_for_tests()
    server = StandbyServer(VAR / f"pg-standby-of-{NAME}", TEST_SETTINGS, primary.major)
    with made(server):
        yield server


@contextmanager
def made(server: StandbyServer) -> Iterator[None]:
    """It runs for the block, and is gone afterwards."""
    remove(server)
    server.start()
    try:
        yield
    finally:
        remove(server)


def remove(server: StandbyServer) -> None:
    server.stop()
    shutil.rmtree(server.data, ignore_errors=True)


@contextmanager
def read_from(server: Server, settings: Any) -> Iterator[None]:
    """As with `REPLICA_URL`: the product's second connection leads there.

    What other tests write to the same server keeps it late at times; none but the test of late ones is about that.
    """
    usual: Any = connections["default"]
    options = {**usual.settings_dict["OPTIONS"], "host": str(server.socket_folder)}
    # Not among the settings of connections: Django's tests would keep it shut, or empty it at their end.
    connections[STANDBY] = type(usual)({**usual.settings_dict, "OPTIONS": options}, STANDBY)
    settings.REPLICA = True
    settings.REPLICA_LAG_SECONDS = 3_600
    settings.DATABASE_ROUTERS = ["apps.scope.reading.Router"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "apps.ui.pages.replicas.PositionMiddleware"]
    standby.forget()
    try:
        yield
    finally:
        connections[STANDBY].close()
        del connections[STANDBY]
        standby.forget()


@contextmanager
def standing_still(server: Server) -> Iterator[None]:
    """The standby gets what is written and shows none of it."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(server.url(name), autocommit=True) as held:
        held.execute("SELECT pg_wal_replay_pause()")
        state = "SELECT pg_get_wal_replay_pause_state()"
        wait_until(lambda: held.execute(state).fetchone() == ("paused",), lambda: "it goes on")
        try:
            yield
        finally:
            held.execute("SELECT pg_wal_replay_resume()")
