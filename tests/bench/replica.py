"""Twenty people who type while ten exports run: what they wait for where exports read from a standby, and where not.

Each saves one row a second. Exports are those of `exchange`, by one worker; the standby is real, fed by streaming.
In production both stand on machines of their own. Here they have half of the cores, and a standby that waits for no
disk; whoever saves, with web and primary, has the other half: in every turn, those without exports too. So the ratio is
what exports cost the primary's machine and what they lock there; it says nothing of caches and memory, which they share
here. A save with `REPLICA_URL` also leaves its position. It takes four minutes, and two cores at least.
"""

import itertools
import os
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
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
from tests.bench.rounds.working import bound_to
from tests.bench.sheets.lines import fill
from tests.bench.sheets.under_way import EXPORTED, EXPORTS, exports_under_way
from tests.net.standby_server import StandbyServer, made

PEOPLE, ROWS = 20, 400
TICKS = os.sysconf("SC_CLK_TCK")
TURNS, SECONDS, TYPING = 3, scaled(15, least=4), 1.0
READING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (query LIKE '%bench_line%' OR query LIKE 'FETCH %')
"""
"""Exports stream: once their cursor is declared, a session says no more than that it fetches from it."""
Turn = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Halves:
    """Cores of who saves, and those of what stands elsewhere in production."""

    here: frozenset[int]
    there: frozenset[int]


@dataclass(frozen=True)
class Round:
    """Milliseconds of each save of a turn, and of processor that the primary spent meanwhile, for each of them."""

    taken: list[float]
    primary: float


def measure() -> Iterator[Measurement]:
    halves = _halves()
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(EXPORTED)
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", 1, clients=PEOPLE, items_each=ROWS)
        accounts = [_account(desk) for desk in desks[:EXPORTS]]
    with _standby(halves) as standby, _primary_on(halves) as primary, bound_to(halves.here):
        turns = _turns(desks, accounts, standby, partial(_spent, primary), halves)
    yield from _told(turns)


def _halves() -> Halves:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        raise RuntimeError("one core alone has no half to give away")
    middle = (len(cores) + 1) // 2
    return Halves(frozenset(cores[:middle]), frozenset(cores[middle:]))


def _account(desk: Reporter) -> User:
    filing = Filing.objects.get(pk=desk.filing)
    return User.objects.filter(organization_id=filing.organization_id).earliest("pk")


def _database() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _standby(halves: Halves) -> Iterator[StandbyServer]:
    """Of the server that this bench works on."""
    settings = (*SETTINGS, "hot_standby_feedback=on", "fsync=off")
    server = StandbyServer(VAR / "pg-standby", settings, follows=_owner())
    with bound_to(halves.there), made(server):
        yield server


def _owner() -> str:
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


@contextmanager
def _primary_on(halves: Halves) -> Iterator[int]:
    """The server that this bench works on, which has to be of this machine, with all that it starts; its process."""
    with psycopg.connect(_owner()) as primary:
        ((folder,),) = primary.execute("SHOW data_directory").fetchall()
    postmaster = int(Path(folder, "postmaster.pid").read_text().splitlines()[0])
    before = os.sched_getaffinity(0)
    _bind(postmaster, halves.here)
    try:
        yield postmaster
    finally:
        _bind(postmaster, before)


def _bind(postmaster: int, cores: Collection[int]) -> None:
    for pid in (postmaster, *_children(postmaster)):
        with suppress(ProcessLookupError):  # a session that ended meanwhile
            os.sched_setaffinity(pid, cores)


def _children(postmaster: int) -> dict[int, list[int]]:
    """Clock ticks of each: as a program and within the system, then those of its own children that have ended."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            told = _ticks(file)
            if told[0] == postmaster:
                found[int(file.parent.name)] = told[1:]
    return found


def _ticks(file: Path) -> list[int]:
    """Whose child it is, and four counts."""
    told = file.read_text("utf-8").rpartition(")")[2].split()
    return [int(each) for each in (told[1], *told[11:15])]


def _spent(postmaster: int) -> float:
    """Milliseconds of processor of the server since it was started."""
    own = sum(_ticks(Path(f"/proc/{postmaster}/stat"))[1:])
    living = sum(sum(ticks[:2]) for ticks in _children(postmaster).values())
    return (own + living) * 1000 / TICKS


def _turns(
    desks: list[Reporter],
    accounts: list[User],
    standby: StandbyServer,
    spent: Callable[[], float],
    halves: Halves,
) -> dict[str, list[Round]]:
    """Nobody exports, exports read the standby, exports read the primary; in turns."""
    number = itertools.count()
    replica = standby.url(_database(), RUNNER)

    def exporting(**changed: str) -> AbstractContextManager[None]:
        return exports_under_way(accounts, next(number), cores=halves.there, **changed)

    kinds: dict[str, Turn] = {
        "quiet": nullcontext,
        "replica": lambda: exporting(REPLICA_URL=replica),
        "primary": exporting,
    }
    found: dict[str, list[Round]] = {kind: [] for kind in kinds}
    resting = partial(time.sleep, SECONDS)
    with served(REPLICA_URL=replica) as port:
        people = [Browser(port, desk) for desk in desks]
        at_work(people, TYPING, partial(time.sleep, SECONDS / 2))  # warm
        for _ in range(TURNS):
            for kind, turn in kinds.items():
                with turn():
                    before = spent()
                    taken = [each * 1000 for each in at_work(people, TYPING, resting)]
                    found[kind].append(Round(taken, (spent() - before) / len(taken)))
                    _require_read(kind, standby)
    return found


def _require_read(kind: str, standby: StandbyServer) -> None:
    """The exports read where they should."""
    with psycopg.connect(standby.url(_database())) as there:
        ((reading,),) = there.execute(READING).fetchall()
    if bool(reading) != (kind == "replica"):
        raise RuntimeError(f"{kind}: {reading} sessions read at the standby")


def _told(turns: dict[str, list[Round]]) -> Iterator[Measurement]:
    detail = f"{PEOPLE} people, a row each {TYPING:g} s, {TURNS} × {SECONDS} s"
    under = f"{EXPORTS} exports of {EXPORTED:,} × 20 under way on other cores, read from the"
    about = {
        "quiet": detail,
        "replica": f"{detail}; {under} standby",
        "primary": f"{detail}; {under} primary",
    }
    for kind, rounds in turns.items():
        taken: list[Any] = list(itertools.chain.from_iterable(each.taken for each in rounds))
        yield Measurement(f"replica_{kind}_p50", median(taken), "ms", about[kind])
        yield Measurement(f"replica_{kind}_p95", p95(taken), "ms", about[kind])
        work = median(each.primary for each in rounds)
        yield Measurement(f"replica_{kind}_work", work, "ms", "of the primary's processor, a save")
    for kind in ("replica", "primary"):
        both = zip(turns["quiet"], turns[kind], strict=True)
        ratio = median_ratio([(p95(a.taken), p95(b.taken)) for a, b in both])
        about_it = f"of p95, median of {TURNS} turns"
        yield Measurement(f"replica_{kind}_ratio", ratio, "×", about_it)
