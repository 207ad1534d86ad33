"""The product's database on a new topology: migrated, or copied from one that was.

Invariant: a copy belongs to exactly these migrations and this version of PostgreSQL. Migrating takes a minute of
processor time, and more than that on a small machine; what was migrated once is kept beside the folder of the drill.
"""

import fcntl
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded_postgres import NAME, RUNNER, TEST_SETTINGS, VAR, Server
from tests.drill.machines import DrillFailed
from tests.drill.topology import Topology
from tests.migrated import PREFIX, digest

THERE = "SELECT 1 FROM pg_database WHERE datname = %s"


def make_database(topology: Topology) -> str:
    """Returns how: copied or migrated. Raises `DrillFailed`."""
    places = topology.places
    major = places.programs.parent.name
    kept = VAR / f"drill-{major}-{digest()}.dump"
    server = places.server_url(topology.primary())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        if kept.exists() or _copied_from_tests(topology, major, kept):
            role, password = sql.Identifier(RUNNER), sql.Literal(places.password)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
            _run(
                topology,
                "pg_restore",
                "--dbname",
                _at(topology),
                "--jobs=2",
                "--exit-on-error",
                kept,
            )
            return "copied"
    done = topology.manage(
        "migrate", "--no-input", "--verbosity=0", DATABASE_OWNER_URL=places.owner_url
    )
    if done.returncode:
        raise DrillFailed(f"migrate: {done.stderr[-2000:]}")
    _dump(topology, _at(topology), kept)
    return "migrated"


def _at(topology: Topology) -> str:
    return topology.places.server_url(topology.primary(), NAME)


def _copied_from_tests(topology: Topology, major: str, kept: Path) -> bool:
    """Whether the tests on this version have migrated the same, and nobody is at them now."""
    data = VAR / f"pg-test-{major}"
    if not data.exists():
        return False
    server = Server(data, TEST_SETTINGS, major)
    with (VAR / "test.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        server.start()
        try:
            with psycopg.connect(server.url("postgres")) as connection:
                if not connection.execute(THERE, [PREFIX + digest()]).fetchone():
                    return False
            _dump(topology, server.url(PREFIX + digest()), kept)
        finally:
            server.stop()
    return True


def _dump(topology: Topology, url: str, kept: Path) -> None:
    for other in VAR.glob("drill-*.dump"):
        other.unlink()
    _run(topology, "pg_dump", "--dbname", url, "--format=custom", f"--file={kept}.part")
    Path(f"{kept}.part").rename(kept)


def _run(topology: Topology, program: str, *arguments: str | Path) -> None:
    command = [topology.places.programs / program, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DrillFailed(f"{program}: {done.stderr[-2000:]}")
