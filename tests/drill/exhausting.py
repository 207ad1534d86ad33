"""What runs out or stays away: connections, the disk of the primary, the object store."""

import errno
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

from tests.drill.exercises import Drill, await_new_primary, await_whole
from tests.drill.interrupting import await_job
from tests.drill.machines import DrillFailed
from tests.drill.small_disks import IMPOSSIBLE, mounted

HELD = 10
"""Seconds for which there is no free connection."""
AWAY = 60
"""Seconds for which the store is away."""
OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'web%'"
STEP = 0.05
MOST = 500
PIECE = 1 << 20


def connections(drill: Drill) -> None:
    """Somebody takes every connection of the primary, also those of the web nodes, and keeps them."""
    places = drill.topology.places
    with psycopg.connect(places.owner_url, autocommit=True) as owner, ExitStack() as taken:
        count, until = 0, time.monotonic() + HELD
        while time.monotonic() < until:
            count += _taken(places.runner_url, taken)
            owner.execute(OURS)
            drill.topology.machines.look_after()
            time.sleep(STEP)
        drill.say(f"{count} connections taken for {HELD} s")


def _taken(url: str, taken: ExitStack) -> int:
    """How many there were to be had."""
    for count in range(MOST):
        try:
            taken.enter_context(psycopg.connect(url))
        except psycopg.OperationalError:
            return count
    return MOST


def store(drill: Drill) -> None:
    """The object store answers nobody for a minute; an export that was asked for meanwhile is done afterwards."""
    drill.topology.balancer("set server store/s3 state maint")
    exported = drill.person.export()
    drill.topology.machines.rest(AWAY)
    drill.topology.balancer("set server store/s3 state ready")
    await_job(drill, exported)
    drill.person.read(f"{exported}result/")


def disk(drill: Drill) -> None:
    """The disk of the primary fills up to the last byte, until somebody makes room."""
    before = drill.topology.primary()
    home = drill.topology.places.home(before)
    if not mounted(home):
        drill.say(f"not done: {IMPOSSIBLE}")
        return
    filler = home / "filler"
    _fill(filler)
    _write_until_full(drill, before)
    await_new_primary(drill, before)
    drill.wait_for_work()
    filler.unlink()
    await_whole(drill)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * PIECE)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


def _write_until_full(drill: Drill, server: str) -> None:
    """Segments of the log that were made beforehand still take what clients write: use them up."""
    url = drill.topology.places.server_url(server)
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as owner:
        for _ in range(MOST):
            owner.execute("SELECT pg_logical_emit_message(TRUE, 'drill', 'full'), pg_switch_wal()")
        raise DrillFailed("the disk did not fill")
