"""The embedded database: how long a start takes, also after a kill, and what a commit costs."""

import os
import shutil
import signal
from collections.abc import Iterator

import psycopg

from config.embedded_postgres import VAR, Server
from tests.bench.measurement import Measurement, stopwatch

COMMITS = 500


def measure() -> Iterator[Measurement]:
    server = Server(VAR / "pg-bench-start")
    try:
        yield _start(server, "database_first_start", "initdb, start, create the database")
        server.stop()
        yield _start(server, "database_start", "a clean start")
        yield _commits(server)
        pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        yield _start(server, "database_start_after_kill", f"recovery of {COMMITS} commits")
    finally:
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


def _start(server: Server, name: str, detail: str) -> Measurement:
    with stopwatch() as watch:
        server.start()
    return Measurement(name, watch.seconds, "s", detail)


def _commits(server: Server) -> Measurement:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE bench (id int)")
        with stopwatch() as watch:
            for number in range(COMMITS):
                connection.execute("INSERT INTO bench VALUES (%s)", [number])
    return Measurement(
        "database_commit", watch.seconds * 1000 / COMMITS, "ms", "one row, one client, durable"
    )
