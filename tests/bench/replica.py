"""Twenty people who type while ten exports run: what they wait for where exports read from a standby, and where not.

Each saves one row a second. Exports are those of `exchange`, by one worker; the standby is real, fed by streaming.
In production both stand on machines of their own: here they give way to everybody else (nice 19), and so the ratio says
what reading elsewhere spares the primary, not what two cores bear. A save with `REPLICA_URL` also leaves its position.
"""

import itertools
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from statistics import median
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import User
from apps.review.models import Filing
from apps.scope.context import whole_country
from config.embedded_postgres import RUNNER, SETTINGS, VAR
from tests.bench.measurement import Measurement, median_ratio, p95, scaled
from tests.bench.rounds.browsers import Browser, at_work
from tests.bench.rounds.reporting import Reporter, demand_round
from tests.bench.rounds.server import served
from tests.bench.sheets.lines import fill
from tests.bench.sheets.under_way import EXPORTED, EXPORTS, exports_under_way
from tests.net.standby_server import StandbyServer, made

PEOPLE, ROWS = 20, 400
TURNS, SECONDS, TYPING = 5, scaled(20, least=5), 1.0
NICE = 19
READING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (query LIKE '%bench_line%' OR query LIKE 'FETCH %')
"""
"""Exports stream: once their cursor is declared, a session says no more than that it fetches from it."""
Turn = Callable[[], AbstractContextManager[None]]


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(EXPORTED)
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", 1, clients=PEOPLE, items_each=ROWS)
        accounts = [_account(desk) for desk in desks[:EXPORTS]]
    with _standby() as standby:
        replica = standby.url(_database(), RUNNER)
        turns = _turns(desks, accounts, replica, standby)
    yield from _told(turns)


def _account(desk: Reporter) -> User:
    filing = Filing.objects.get(pk=desk.filing)
    return User.objects.filter(organization_id=filing.organization_id).earliest("pk")


def _database() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _standby() -> Iterator[StandbyServer]:
    """Of the server that this bench works on; what is asked there gives way."""
    settings = (*SETTINGS, "hot_standby_feedback=on")
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    server = StandbyServer(VAR / "pg-standby", settings, follows=owner)
    with made(server):
        pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
        os.setpriority(os.PRIO_PROCESS, pid, NICE)  # sessions inherit it
        yield server


def _turns(
    desks: list[Reporter], accounts: list[User], replica: str, standby: StandbyServer
) -> dict[str, list[list[float]]]:
    """Milliseconds of each save: nobody exports, exports read the standby, exports read the primary; in turns."""
    number = itertools.count()

    def exporting(**changed: str) -> AbstractContextManager[None]:
        return exports_under_way(accounts, next(number), niceness=NICE, **changed)

    kinds: dict[str, Turn] = {
        "quiet": nullcontext,
        "replica": lambda: exporting(REPLICA_URL=replica),
        "primary": exporting,
    }
    found: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
    resting = partial(time.sleep, SECONDS)
    with served(REPLICA_URL=replica) as port:
        people = [Browser(port, desk) for desk in desks]
        at_work(people, TYPING, partial(time.sleep, SECONDS / 2))  # warm
        for _ in range(TURNS):
            for kind, turn in kinds.items():
                with turn():
                    found[kind].append([each * 1000 for each in at_work(people, TYPING, resting)])
                    _require_read(kind, standby)
    return found


def _require_read(kind: str, standby: StandbyServer) -> None:
    """The exports read where they should."""
    with psycopg.connect(standby.url(_database())) as there:
        ((reading,),) = there.execute(READING).fetchall()
    if bool(reading) != (kind == "replica"):
        raise RuntimeError(f"{kind}: {reading} sessions read at the standby")


def _told(turns: dict[str, list[list[float]]]) -> Iterator[Measurement]:
    detail = f"{PEOPLE} people, a row each {TYPING:g} s, {TURNS} × {SECONDS} s"
    under = f"{EXPORTS} exports of {EXPORTED:,} × 20 under way, read from the"
    about = {
        "quiet": detail,
        "replica": f"{detail}; {under} standby",
        "primary": f"{detail}; {under} primary",
    }
    for kind, rounds in turns.items():
        taken: list[Any] = list(itertools.chain.from_iterable(rounds))
        yield Measurement(f"replica_{kind}_p50", median(taken), "ms", about[kind])
        yield Measurement(f"replica_{kind}_p95", p95(taken), "ms", about[kind])
    for kind in ("replica", "primary"):
        pairs = [(p95(a), p95(b)) for a, b in zip(turns["quiet"], turns[kind], strict=True)]
        yield Measurement(
            f"replica_{kind}_ratio", median_ratio(pairs), "×", f"of p95, median of {TURNS} turns"
        )
