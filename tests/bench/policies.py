"""What row policies cost: the same work by two servers in turns, the runner's and one that policies don't bind.

The other one speaks as the owner and tells no scope. Counted is the processor's time of each web process and of its
session, so others on this machine count little; the first turns are not counted. Each server is one thread, so that its
session has planned what it plans once. Totals are asked in this process, over a part of the nation.
"""

import http.client
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from apps.projects.models import Project
from apps.reporting.domain.rollup import Dimension, Question, answer
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.scope.database import rows, run
from tests.bench.files import _workers
from tests.bench.measurement import Measurement, median_ratio, scaled
from tests.bench.owning import owning
from tests.bench.rounds import direct
from tests.bench.rounds.buying import Buyer, buy, buyer_of, round_with
from tests.bench.rounds.reporting import demand_round, report, save
from tests.bench.rounds.server import HOST, served
from tests.bench.totals import _frozen, _largest

SIDES = ("with", "without")
SHEETS_EACH, SAVES, DIRECT, READS = 15, scaled(400, least=40), scaled(2_000), 40
CODE, INSTITUTIONS, ITEMS, QUESTIONS = "PART", scaled(2_000, least=500), 250, 30
WARM = 10
SESSIONS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND (usename = current_user) = %s
"""
ALONE = "SET max_parallel_workers_per_gather = 0"
"""What helps a session would be counted with nobody."""
Taken = dict[str, list[float]]
"""Milliseconds of the processor, by side."""
Work = Callable[[str, int], None]
"""Does something once, on a side, the so-manieth time."""


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with ExitStack() as serving:
        untold = {
            "config": "tests/bench/rounds/untold.py",
            "DATABASE_URL": os.environ["DATABASE_OWNER_URL"],
            "DATABASE_OWNER_URL": "",
        }
        one = {"WEB_WORKERS": "1", "WEB_THREADS": "1"}
        ports = {
            "with": serving.enter_context(served(**one)),
            "without": serving.enter_context(served(**one, **untold)),
        }
        yield from _sheets(ports)
        yield from _purchases(ports)
        yield from _lists(ports)
    yield from _totals()


def _sheets(ports: dict[str, int]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", SHEETS_EACH)

    def saved(side: str, turn: int) -> None:
        rows_before, own = divmod(turn, len(desks) // 2)
        desk = desks[2 * own + SIDES.index(side)]
        _require(save(ports[side], [desk], 1, first=rows_before), HTTPStatus.OK)

    def reported(side: str, turn: int) -> None:
        desk = desks[2 * turn + SIDES.index(side)]
        _require(report(ports[side], [desk]), HTTPStatus.FOUND)

    yield from _compared(ports, "save", saved, SAVES)
    yield from _compared(ports, "report", reported, len(desks) // 2)


def _purchases(ports: dict[str, int]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        project, product, units = round_with(f"BENCH-{secrets.token_hex(4)}", None)
        buyers = [buyer_of(project, unit) for unit in units]
    visits = [Buyer(each.cookie, [page]) for each in buyers for page in each.pages]

    def bought(side: str, turn: int) -> None:
        visit = visits[2 * turn + SIDES.index(side)]
        _require(buy(ports[side], [visit], product), HTTPStatus.OK)

    yield from _compared(ports, "purchase", bought, len(visits) // 2)


def _lists(ports: dict[str, int]) -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        held = direct(f"BENCH-{secrets.token_hex(4)}", DIRECT)
        client = Client(HTTP_HOST="localhost")
        client.force_login(held.reviewer)
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"

    def read(side: str, _turn: int) -> None:
        visitor = http.client.HTTPConnection(HOST, ports[side])
        visitor.request("GET", f"/review/{held.project.code}/", headers={"Cookie": cookie})
        found = visitor.getresponse()
        found.read()
        visitor.close()
        if found.status != HTTPStatus.OK:
            raise RuntimeError(f"a list of {DIRECT:,}: {found.status}")

    yield from _compared(ports, "list", read, READS)


def _require(answers: Sequence[Any], status: HTTPStatus) -> None:
    if strange := {each.status for each in answers} - {status}:
        raise RuntimeError(f"unexpected answers: {strange}")


def _totals() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        if not Project.objects.filter(code=CODE).exists():
            with owning():
                call_command("build_national", project=CODE, institutions=INSTITUTIONS, items=ITEMS)
        project = Project.objects.get(code=CODE)
        root = Filing.objects.get(project=project, tier="alliance")
        province = _largest(project, "province")
        table = Question(project, root, Dimension.ITEM, Dimension.PROVINCE)
        yield from _told("pivot", _alone(lambda: answer(table)))
        yield from _told("freeze", _alone(lambda: _frozen([province])))


def _alone(work: Callable[[], object]) -> Taken:
    """In this process, by one session as the runner and then the owner; each begins with what is not counted."""
    taken: Taken = {side: [] for side in SIDES}
    for turn in range(QUESTIONS):
        for side in SIDES if turn % 2 else SIDES[::-1]:
            with owning() if side == "without" else nullcontext():
                run(ALONE)
                pid = rows("SELECT pg_backend_pid()")[0][0]
                work()
                before = _spent([pid])
                work()
                taken[side].append(_spent([pid]) - before)
    return taken


def _compared(ports: dict[str, int], name: str, work: Work, turns: int) -> Iterator[Measurement]:
    """By servers, in turns, each first as often."""
    web = {side: _workers(ports[side]) for side in SIDES}
    sessions: dict[str, list[int]] = {}
    taken: dict[str, Taken] = {part: {side: [] for side in SIDES} for part in ("", "_server")}
    for turn in range(turns):
        if turn < WARM:
            sessions = {
                side: [pid for (pid,) in rows(SESSIONS, [side == "with"])] for side in SIDES
            }
        for side in SIDES if turn % 2 else SIDES[::-1]:
            before = _spent(web[side]), _spent(sessions[side])
            work(side, turn)
            pages, statements = _spent(web[side]) - before[0], _spent(sessions[side]) - before[1]
            taken[""][side].append(pages + statements)
            taken["_server"][side].append(statements)
    for part, sides in taken.items():
        yield from _told(name + part, {side: found[WARM:] for side, found in sides.items()})


def _spent(pids: Iterable[int]) -> float:
    """Milliseconds that the processor worked for all threads of these processes."""
    threads = (folder for pid in pids for folder in Path(f"/proc/{pid}/task").iterdir())
    return sum(int((each / "schedstat").read_text("ascii").split()[0]) for each in threads) / 1e6


def _told(name: str, taken: Taken) -> Iterator[Measurement]:
    """Medians, and the median of what each turn was dearer; `_server` is PostgreSQL's part.

    What differs between the odd and the even ones of one side is noise.
    """
    bound, free = (median(taken[side]) for side in SIDES)
    more = median_ratio(list(zip(taken["without"], taken["with"], strict=True)))
    noise = max(abs(median(each[::2]) / median(each[1::2]) - 1) for each in taken.values()) * 100
    detail = f"of the processor for one, median of {len(taken['with'])}"
    yield Measurement(f"policies_{name}_with", bound, "ms", detail)
    yield Measurement(f"policies_{name}_without", free, "ms", detail)
    yield Measurement(f"policies_{name}_more", (more - 1) * 100, "%", f"noise {noise:.1f} %")
