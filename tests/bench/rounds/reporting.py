"""Institutions with filled sheets that save rows and report, through the real server, all at once."""

import http.client
import itertools
import json
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.test import Client, RequestFactory
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.pages.sessions import begin
from apps.demo.entities import load_entities
from apps.demo.institutions import CENTRE, Institution, load_institutions
from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.reporting.models import DemandLine, PurchaseHistory
from apps.reporting.pages.answering import TRAIL
from apps.review.models import Filing
from tests import factories_demand as make
from tests.bench.owning import owning
from tests.factories import account_of

from .server import HOST

CLIENTS, ITEMS = 20, 250
SAVED = "application/json"
"""What a save sends and gets; acts send forms."""


@dataclass(frozen=True)
class Reporter:
    """One institution with its session, its filing and the items of its sheet."""

    code: str
    cookie: str
    filing: int
    items: Sequence[int]


@dataclass(frozen=True)
class Answer:
    """`conflicts` is how many rows of a save were not taken, for somebody else had changed them."""

    status: int
    seconds: float
    conflicts: int = 0


def demand_round(
    code: str, filings_each: int, *, clients: int = CLIENTS, items_each: int = ITEMS
) -> list[Reporter]:
    """A published round: so many institutions for each client, every sheet filled and not reported."""
    chosen = [
        Institution("42", f"H420000{40_000 + number}", f"湖北省直属第{number}诊所", CENTRE)
        for number in range(1, clients * filings_each + 1)
    ]
    with owning():
        load_entities()
        load_institutions(chosen)
    units = list(Organization.objects.filter(code__in=[each.code for each in chosen]))
    project = make.demand_project(units, code=code, items=items_each)
    items = list(CatalogItem.objects.filter(project=project).values_list("pk", flat=True))
    _bought(project, units, items)
    make.published(project, _account(Organization.objects.get(path="/0/")))
    filings = {each.organization_id: each for each in Filing.objects.filter(project=project)}
    _filled([filings[unit.pk] for unit in units], items)
    return [desk_of(code, unit, filings[unit.pk], items) for unit in units]


def _bought(project: Project, units: Sequence[Organization], items: Sequence[int]) -> None:
    PurchaseHistory.objects.bulk_create(
        (
            PurchaseHistory(
                project=project, organization=unit, item_id=item, year=make.YEAR, path=unit.path, quantity=1_000
            )
            for unit in units
            for item in items
        ),
        batch_size=10_000,
    )  # fmt: skip


def _filled(filings: Sequence[Filing], items: Sequence[int]) -> None:
    now = timezone.now()
    DemandLine.objects.bulk_create(
        (
            DemandLine(
                filing=filing, item_id=item, path=filing.path, planned=901 + place, updated_at=now
            )
            for filing in filings
            for place, item in enumerate(items)
        ),
        batch_size=10_000,
    )


def desk_of(code: str, unit: Organization, filing: Filing, items: Sequence[int]) -> Reporter:
    """As signing in, opening the sheet and the autosaves of the last half minute leave the session."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(_account(unit))
    request = RequestFactory().get("/")
    request.session = session = client.session
    begin(request)
    TRAIL.remember(request, code)
    session.save()
    return Reporter(code, f"sessionid={client.cookies['sessionid'].value}", filing.pk, items)


def _account(unit: Organization) -> User:
    return User.objects.filter(organization=unit).first() or account_of(unit)


def save(port: int, desks: Sequence[Reporter], times: int, *, first: int = 0) -> list[Answer]:
    """Each client types so many rows of one sheet, one after the other, from the `first` on."""
    numbers = range(first, first + times)
    parts = [[[_typed(desk, number)] for number in numbers] for desk in desks[:CLIENTS]]
    return _all_at_once(port, parts)


def send(port: int, desks: Sequence[Reporter]) -> list[Answer]:
    """Each client sends all rows of the next sheet, one after the other, until none is left."""
    shared = iter([[_sent(desk)] for desk in desks])
    return _all_at_once(port, [shared] * CLIENTS)


def report(port: int, desks: Sequence[Reporter]) -> list[Answer]:
    """Each client reports the next sheet that nobody has reported, one after the other, until none is left."""
    shared = iter([[_reported(desk)] for desk in desks])
    return _all_at_once(port, [shared] * CLIENTS)


def send_and_report(port: int, desks: Sequence[Reporter]) -> list[Answer]:
    """The same, every row of the sheet sent before: what a filing costs that was filled in elsewhere."""
    shared = iter([[_sent(desk), _reported(desk)] for desk in desks])
    return _all_at_once(port, [shared] * CLIENTS)


@dataclass(frozen=True)
class Request:
    cookie: str
    url: str
    body: str
    kind: str = SAVED


def _typed(desk: Reporter, number: int) -> Request:
    rows = [[desk.items[number % len(desk.items)], str(901 + number), "", 1, False]]
    return _save(desk, rows)


def _sent(desk: Reporter) -> Request:
    return _save(
        desk, [[item, str(901 + place), "", 1, False] for place, item in enumerate(desk.items)]
    )


def _save(desk: Reporter, rows: Sequence[Sequence[object]]) -> Request:
    body = json.dumps({"rows": rows, "settle": []})
    return Request(desk.cookie, f"/demand/{desk.code}/entry/save/", body)


def _reported(desk: Reporter) -> Request:
    body = urlencode({"act": "report", "version": "0", "csrfmiddlewaretoken": TOKEN})
    kind = "application/x-www-form-urlencoded"
    return Request(desk.cookie, f"/demand/{desk.code}/entry/", body, kind)


TOKEN = secrets.token_hex(16)
Work = Iterable[Sequence[Request]]


def _all_at_once(port: int, parts: Sequence[Work]) -> list[Answer]:
    """What one client sends together it sends in this order."""
    answers: list[Answer] = []
    start = threading.Barrier(len(parts))

    def work(part: Work) -> None:
        line = http.client.HTTPConnection(HOST, port)
        start.wait()
        own = [_answered(line, request) for request in itertools.chain.from_iterable(part)]
        answers.extend(own)
        line.close()

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _answered(line: http.client.HTTPConnection, request: Request) -> Answer:
    headers = {
        "Cookie": f"{request.cookie}; csrftoken={TOKEN}",
        "Content-Type": request.kind,
        "X-CSRFToken": TOKEN,
    }
    begin = time.perf_counter()
    line.request("POST", request.url, body=request.body, headers=headers)
    answer = line.getresponse()
    content = answer.read()
    seconds = time.perf_counter() - begin
    saved = answer.status == HTTPStatus.OK and request.kind == SAVED
    return Answer(answer.status, seconds, len(json.loads(content)["conflicts"]) if saved else 0)
