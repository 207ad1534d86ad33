"""What a request costs: processor time of this process and of its database session, page by page and act by act.

In this process, one after the other, with a connection that stays: the figures hold on a busy machine, too. The server
has to be on this machine, for the time of its session is asked of the kernel.
"""

import gc
import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from apps.accounts.models import User
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, scaled
from tests.bench.rounds import DirectRound, direct
from tests.bench.rounds.pages import TICKED
from tests.bench.rounds.reporting import ITEMS, Reporter, demand_round
from tests.factories import PASSWORD

INSTITUTIONS, REPORTERS = scaled(5_000, least=200), scaled(60, least=10)
WARM_UP, SIGN_INS, APPROVED = 8, 30, 60
Request = Callable[[], None]


@dataclass(frozen=True)
class Case:
    name: str
    request: Request
    times: int
    detail: str


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        held = direct("BENCH-C", INSTITUTIONS)
        desks = demand_round(
            f"BENCH-{secrets.token_hex(4)}", 1, clients=REPORTERS + WARM_UP, items_each=ITEMS
        )
    bureau = Client(HTTP_HOST="localhost")
    bureau.force_login(held.reviewer)
    page = f"/review/{held.project.code}/"
    asked = (_pages(bureau, held, desks[0]), _acts(desks), _reviews(bureau, held, page))
    for case in itertools.chain(*asked):
        yield from _cost(case)
    with override_settings(CAPTCHA="off"):
        for case in _sign_ins(desks):
            yield from _cost(case)


def _pages(bureau: Client, held: DirectRound, desk: Reporter) -> Iterator[Case]:
    clerk, code = _signed_in(desk), held.project.code
    page = f"/review/{code}/"
    with whole_country(reason="bench"):
        filing = held.waiting()[-1].pk
    sheet = f"/demand/{desk.code}/entry/"
    for name, client, path, times, detail in (
        ("bare", bureau, "/healthz", 400, "a view that does nothing"),
        ("welcome", Client(HTTP_HOST="localhost"), "/", 200, "visitors' page"),
        ("home_bureau", bureau, "/", 100, "a province's home"),
        ("home_institution", clerk, "/", 100, "an institution's home"),
        ("list", bureau, page, 100, f"{INSTITUTIONS:,} direct reports, 20 shown"),
        ("filing", bureau, f"{page}filings/{filing}/", 60, "a report as its reviewer reads it"),
        ("progress", bureau, f"/progress/{code}/", 40, f"of {INSTITUTIONS:,} reports"),
        ("sheet", clerk, sheet, 60, f"{ITEMS} rows, 30 of them drawn"),
        ("sheet_rows", clerk, f"{sheet}rows/", 60, f"{ITEMS} rows as data"),
        (
            "export",
            clerk,
            f"/demand/{desk.code}/results/export/",
            30,
            f"{ITEMS} rows as a workbook",
        ),
    ):
        yield Case(name, lambda c=client, p=path: _require(c.get(p)), times, detail)


def _acts(desks: Sequence[Reporter]) -> Iterator[Case]:
    typist = _Typist(desks[0])
    yield Case("save_1", lambda: typist.save(1), 200, "one row")
    yield Case(f"save_{ITEMS}", lambda: typist.save(ITEMS), 60, f"{ITEMS} rows")
    clerk, others = Client(HTTP_HOST="localhost"), iter(desks[1:])
    yield Case(
        "report",
        lambda: _reported(clerk, next(others)),
        REPORTERS - 1,
        f"{ITEMS} rows saved before",
    )


def _reviews(bureau: Client, held: DirectRound, page: str) -> Iterator[Case]:
    with whole_country(reason="bench"):
        waiting = iter(held.waiting()[: APPROVED + WARM_UP])

    def approve() -> None:
        filing = next(waiting)
        form = {"version": filing.version, **TICKED}
        _require(bureau.post(f"{page}filings/{filing.pk}/approve/", form), HTTPStatus.FOUND)

    yield Case("approve", approve, APPROVED, "one report; whoever approves reads it before")


def _sign_ins(desks: Sequence[Reporter]) -> Iterator[Case]:
    """The password's hash is most of it, as it is meant to be."""
    with whole_country(reason="bench"):
        filings = Filing.objects.filter(pk__in=[desk.filing for desk in desks])
        units = filings.values_list("organization_id", flat=True)
        names = list(
            User.objects.filter(organization_id__in=units).values_list("username", flat=True)
        )
    people = itertools.cycle(names)

    def sign_in() -> None:
        form = {"username": next(people), "password": PASSWORD}
        answer = Client(HTTP_HOST="localhost").post("/accounts/login/", form)
        _require(answer, HTTPStatus.FOUND)

    yield Case("sign_in", sign_in, SIGN_INS, "the password alone, without the picture before")


class _Typist:
    """Types other quantities each time, over the rows as they stood in the answer to the last save."""

    def __init__(self, desk: Reporter) -> None:
        self.desk, self.client = desk, _signed_in(desk)
        self.numbers = itertools.count(1)
        self.seen = dict.fromkeys(desk.items, 1)

    def save(self, rows: int) -> None:
        number = next(self.numbers)
        typed = [
            [item, f"{901 + (7 * number + place) % 300}", "", self.seen[item], False]
            for place, item in enumerate(self.desk.items[:rows])
        ]
        body = json.dumps({"rows": typed, "settle": []})
        answer: Any = self.client.post(
            f"/demand/{self.desk.code}/entry/save/", body, "application/json"
        )
        _require(answer)
        told = answer.json()
        if len(told["rows"]) != rows:
            raise RuntimeError(f"{len(told['rows'])} of {rows} rows saved")
        self.seen |= {row[0]: row[3] for row in told["rows"]}


def _signed_in(desk: Reporter, client: Client | None = None) -> Client:
    """A client of its own reads all middleware anew; another one only changes its cookie."""
    client = client or Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = desk.cookie.partition("=")[2]
    return client


def _reported(client: Client, desk: Reporter) -> None:
    form = {"act": "report", "version": "0"}
    _require(_signed_in(desk, client).post(f"/demand/{desk.code}/entry/", form), HTTPStatus.FOUND)


def _require(answer: Any, wanted: HTTPStatus = HTTPStatus.OK) -> None:
    if answer.status_code != wanted:
        raise RuntimeError(f"answered {answer.status_code} instead of {wanted}")


def _cost(case: Case) -> Iterator[Measurement]:
    for _ in range(WARM_UP):
        case.request()
    gc.collect()
    session, own = _session(), time.process_time()
    for _ in range(case.times):
        case.request()
    own, session = time.process_time() - own, _session() - session
    for part, seconds in (("web", own), ("database", session)):
        each = seconds * 1000 / case.times
        yield Measurement(f"cost_{case.name}_{part}", each, "ms CPU", case.detail)


def _session() -> float:
    """Seconds of processor time that the server's process of this connection has had."""
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9
