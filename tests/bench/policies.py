"""What row policies cost: the same work by two servers in turns, the runner's and one that policies don't bind.

The other one speaks as the owner and tells no scope. Counted is the processor's time of the sessions of each role, so
others on this machine count little; the first turn of each is not counted. `…_more` is the median over pairs of turns,
in its detail the half of the pairs around it. Totals are asked in this process, over a part of the nation.
"""

import http.client
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from http import HTTPStatus
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from apps.projects.models import Project
from apps.reporting.domain.rollup import Dimension, Question, answer
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.scope.database import rows, run
from tests.bench.measurement import Measurement
from tests.bench.owning import owning
from tests.bench.rounds import direct
from tests.bench.rounds.buying import CLIENTS, ROWS, Buyer, buy, buyer_of, round_with
from tests.bench.rounds.reporting import demand_round, report, save
from tests.bench.rounds.server import HOST, served
from tests.bench.totals import _frozen, _largest

SIDES = ("with", "without")
SHEETS_EACH, SAVES, ROUNDS, PAGES, DIRECT, READS, TURNS = 40, 10, 4, 10, 5_000, 10, 16
CODE, INSTITUTIONS, ITEMS = "PART", 6_000, 250
SESSIONS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND (usename = current_user) = %s
"""
ALONE = "SET max_parallel_workers_per_gather = 0"
"""What helps a session would be counted with nobody."""
Cost = Callable[[str, int], float]
"""Milliseconds of the server's processor for one, on a side, the so-manieth turn."""


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with ExitStack() as serving:
        untold = {
            "config": "tests/bench/rounds/untold.py",
            "DATABASE_URL": os.environ["DATABASE_OWNER_URL"],
            "DATABASE_OWNER_URL": "",
        }
        ports = {
            "with": serving.enter_context(served()),
            "without": serving.enter_context(served(**untold)),
        }
        yield from _sheets(ports)
        yield from _purchases(ports)
        yield from _lists(ports)
    yield from _totals()


def _sheets(ports: dict[str, int]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", SHEETS_EACH)
    clients = [desks[first : first + CLIENTS] for first in range(0, len(desks), CLIENTS)]

    def saved(side: str, turn: int) -> int:
        own = clients[2 * turn + SIDES.index(side)]
        return _well(save(ports[side], own, SAVES), HTTPStatus.OK)

    def reported(side: str, turn: int) -> int:
        own = clients[2 * turn + SIDES.index(side)]
        return _well(report(ports[side], own), HTTPStatus.FOUND)

    turns = len(clients) // 2
    yield from _compared("save", _served(saved), turns)
    yield from _compared("report", _served(reported), turns)


def _purchases(ports: dict[str, int]) -> Iterator[Measurement]:
    parts = []
    for _ in range(ROUNDS):
        with whole_country(reason="bench"):
            project, product, units = round_with(f"BENCH-{secrets.token_hex(4)}", None)
            buyers = [buyer_of(project, unit) for unit in units]
        for first in range(0, ROWS, PAGES):
            own = [Buyer(each.cookie, each.pages[first : first + PAGES]) for each in buyers]
            parts.append((own, product))

    def bought(side: str, turn: int) -> int:
        own, product = parts[2 * turn + SIDES.index(side)]
        return _well(buy(ports[side], own, product), HTTPStatus.OK)

    yield from _compared("purchase", _served(bought), len(parts) // 2)


def _lists(ports: dict[str, int]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        held = direct("BENCH-P", DIRECT)
    client = Client(HTTP_HOST="localhost")
    client.force_login(held.reviewer)
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"

    def read(side: str, _turn: int) -> int:
        visitor = http.client.HTTPConnection(HOST, ports[side])
        for _ in range(READS):
            visitor.request("GET", f"/review/{held.project.code}/", headers={"Cookie": cookie})
            found = visitor.getresponse()
            found.read()
            if found.status != HTTPStatus.OK:
                raise RuntimeError(f"a list of {DIRECT:,}: {found.status}")
        visitor.close()
        return READS

    yield from _compared("list", _served(read), TURNS)


def _well(answers: Sequence[Any], status: HTTPStatus) -> int:
    if strange := {each.status for each in answers} - {status}:
        raise RuntimeError(f"unexpected answers: {strange}")
    return len(answers)


def _totals() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        if not Project.objects.filter(code=CODE).exists():
            with owning():
                call_command("build_national", project=CODE, institutions=INSTITUTIONS, items=ITEMS)
        project = Project.objects.get(code=CODE)
        root = Filing.objects.get(project=project, tier="alliance")
        province = _largest(project, "province")
        works = {
            "pivot": lambda: answer(Question(project, root, Dimension.ITEM, Dimension.PROVINCE)),
            "freeze": lambda: _frozen([province]),
        }
        for name, work in works.items():
            yield from _compared(name, lambda side, _turn, work=work: _alone(side, work), TURNS)


def _served(work: Callable[[str, int], int]) -> Cost:
    """Of what servers do; `work` says how often it did it."""

    def cost(side: str, turn: int) -> float:
        pids = [pid for (pid,) in rows(SESSIONS, [side == "with"])]
        before = sum(map(_spent, pids))
        done = work(side, turn)
        return (sum(map(_spent, pids)) - before) / done

    return cost


def _alone(side: str, work: Callable[[], object]) -> float:
    """In this process and a session of its own, after once that is not counted."""
    with owning() if side == "without" else nullcontext():
        run(ALONE)
        pid = rows("SELECT pg_backend_pid()")[0][0]
        work()
        before = _spent(pid)
        work()
        return _spent(pid) - before


def _spent(pid: int) -> float:
    """Milliseconds that the processor worked for a process."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1_000_000


def _compared(name: str, cost: Cost, turns: int) -> Iterator[Measurement]:
    """Turn by turn on one side and the other, each first as often."""
    taken: dict[str, list[float]] = {side: [] for side in SIDES}
    for turn in range(turns):
        for side in SIDES if turn % 2 else SIDES[::-1]:
            taken[side].append(cost(side, turn))
    bound, free = (taken[side][1:] for side in SIDES)
    more = [(one / other - 1) * 100 for one, other in zip(bound, free, strict=True)]
    low, _middle, high = quantiles(more, n=4)
    detail = f"of the server's processor for one, median of {len(free)} turns"
    half = f"half of the turns {low:.1f} to {high:.1f} %"
    yield Measurement(f"policies_{name}_with", median(bound), "ms", detail)
    yield Measurement(f"policies_{name}_without", median(free), "ms", detail)
    yield Measurement(f"policies_{name}_more", median(more), "%", half)
