"""Behind Debian's PgBouncer: connections by transaction, and before 1.21 no prepared statements."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.embedded_postgres import NAME, RUNNER
from config.server_account import account
from tests.waiting import wait_until

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PROGRAM, reason="pgbouncer isn't installed"),
]
CONFIGURATION = """
[databases]
* = host={host} port={port} user={role}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits,options
{user}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[str]:
    """The address of the test's database through the pooler, as the role that owns nothing."""
    at, port = connection.get_connection_params(), free_port()
    owner = account(NAME, Path(at["host"]))
    text = CONFIGURATION.format(
        host=at["host"],
        port=at.get("port", 5432),
        role=RUNNER,
        own=port,
        user=f"user = {NAME}" if owner.is_other else "",
    )
    (tmp_path / "pgbouncer.ini").write_text(text)
    running = subprocess.Popen([PROGRAM, "-q", tmp_path / "pgbouncer.ini"])  # type: ignore[list-item]
    try:
        wait_until(lambda: answers(port), lambda: f"PgBouncer: {running.poll()}")
        yield f"postgres://{RUNNER}@127.0.0.1:{port}/{at['dbname']}"
    finally:
        running.terminate()
        running.wait()


def saved(address: str, **said: str) -> dict[str, int]:
    """What went wrong, by kind."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "for this test alone",
        "DATABASE_URL": address,
        **said,
    }
    command = [sys.executable, "-m", "tests.config.pooled_saves"]
    done = subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_saves_go_through_a_pooler_without_prepared_statements(pooler: str) -> None:
    assert saved(pooler, DATABASE_POOLER="unprepared") == {}


def test_unless_it_is_said_statements_are_prepared_and_fail(pooler: str) -> None:
    assert saved(pooler).keys() & {"DuplicatePreparedStatement", "InvalidSqlStatementName"}


def test_what_the_address_says_of_statements_counts(pooler: str) -> None:
    assert saved(f"{pooler}?prepare_threshold=0", DATABASE_POOLER="unprepared")
