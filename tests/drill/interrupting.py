"""Workers that lose their power in the middle of a job: another one takes it up and does it once.

A job is held in its middle by a lock on its row, which it needs in order to say that it is done; whoever waits for that
lock is the worker that has the job.
"""

import json
import time
from collections.abc import Callable

import psycopg

from tests.drill.exercises import Drill
from tests.drill.machines import DrillFailed
from tests.drill.people import refilled
from tests.drill.places import WORKERS

RUNNING = "SELECT id FROM jobs_job WHERE id = %s AND status = 'running' FOR UPDATE"
WAITING = "SELECT application_name FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
LINES = (
    "SELECT count(*) FILTER (WHERE planned = %s AND version = %s) = count(*)"
    " FROM reporting_demandline WHERE filing_id = %s"
)
QUANTITY = 5_600
STEP = 0.005
HELD = 60
"""Seconds for a job to begin, and for its worker to come to the lock."""
DONE = 180
"""Seconds for a job to be done after its worker died."""
TRIES = 5
"""A short job may be done before it can be held."""


def worker(drill: Drill) -> None:
    """A worker loses its power in mid-export, then one in mid-import; nobody asks for either of them again."""
    person = drill.person
    exported = _interrupted(drill, person.export)
    await_job(drill, exported)
    checked = person.upload(refilled(person.read(f"{exported}result/"), QUANTITY))
    await_job(drill, checked)
    imported = _interrupted(drill, lambda: person.apply(checked))
    await_job(drill, imported)
    with psycopg.connect(drill.topology.places.owner_url) as connection:
        asked = (QUANTITY, 2, person.desk.filing)
        if connection.execute(LINES, asked).fetchone() != (True,):
            raise DrillFailed("what was imported does not stand there once")


def _interrupted(drill: Drill, begin: Callable[[], str]) -> str:
    """The page of a job whose worker died while it was at work. Raises `DrillFailed`."""
    url = drill.topology.places.owner_url
    with psycopg.connect(url, autocommit=True) as holding, psycopg.connect(url) as looking:
        looking.autocommit = True
        for _ in range(TRIES):
            page = begin()
            with holding.transaction():
                if _held(drill, holding, page):
                    _kill_whoever_waits(drill, looking, holding.info.backend_pid, page)
                    return page
    raise DrillFailed(f"{page} was done before it could be interrupted")


def _held(drill: Drill, connection: psycopg.Connection[tuple[object, ...]], page: str) -> bool:
    """Whether the job is at work and can't be done now; False where it is done already."""
    number = int(page.strip("/").rpartition("/")[2])
    give_up = time.monotonic() + HELD
    while time.monotonic() < give_up:
        if connection.execute(RUNNING, [number]).fetchone():
            return True
        if _standing(drill, page)["finished"]:
            return False
        time.sleep(STEP)
    raise DrillFailed(f"{page} was not begun within {HELD} s")


def _kill_whoever_waits(
    drill: Drill, looking: psycopg.Connection[tuple[object, ...]], holder: int, page: str
) -> None:
    found: list[str] = []

    def waits() -> bool:
        rows = looking.execute(WAITING, [holder]).fetchall()
        found.extend(str(name) for (name,) in rows if name in WORKERS)
        return bool(found)

    drill.topology.machines.wait(f"a worker at {page}", waits, seconds=HELD)
    drill.topology.machines[found[0]].kill()
    drill.topology.machines[found[0]].is_down = False  # whoever waits next begins it anew
    drill.say(f"{found[0]} died at {page}")


def await_job(drill: Drill, page: str) -> None:
    """Until it has succeeded. Raises `DrillFailed`."""
    standing = {}

    def finished() -> bool:
        standing.update(_standing(drill, page))
        return bool(standing["finished"])

    seconds = drill.topology.machines.wait(f"{page} done", finished, seconds=DONE)
    if standing["status"] != "succeeded":
        raise DrillFailed(f"{page}: {standing}")
    drill.say(f"{page} done {seconds:.0f} s later")


def _standing(drill: Drill, page: str) -> dict[str, object]:
    standing: dict[str, object] = json.loads(drill.person.read(f"{page}status/"))
    return standing
