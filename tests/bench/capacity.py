"""Capacity under fire: 20 institutions buy pack by pack of a product with 100 packs, through the real server.

Invariant: exactly 100 packs are sold. Server and clients share this machine.
"""

import http.client
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median, quantiles
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.allocation.models import AllocationRow, CapacityPool, Given, Slot
from apps.allocation.verification import differences
from apps.demo.entities import load_entities
from apps.demo.institutions import CENTRE, Institution, load_institutions
from apps.organizations.models import Organization
from apps.projects.models import Project, WinningProduct
from apps.review.models import Filing
from apps.scope.context import whole_country
from bin import processes
from tests import factories_allocation as make
from tests.bench.measurement import Measurement
from tests.factories import account_of

CLIENTS, PACKS, PACK, ROWS = 20, 100, 30, 60
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Buyer:
    """One institution with its session and the pages it saves on."""

    cookie: str
    pages: Sequence[str]


@dataclass(frozen=True)
class Attempt:
    status: int
    seconds: float


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    for name, capacity in (("scarce", PACKS * PACK), ("plenty", None)):
        with whole_country(reason="bench"):
            project, product, units = _round(f"BENCH-{secrets.token_hex(4)}", capacity)
            buyers = [_buyer(project, unit) for unit in units]
        with _server() as port:
            begin = time.perf_counter()
            attempts = _buy(port, buyers, product)
            seconds = time.perf_counter() - begin
        yield from _figures(name, project, product, attempts, seconds)


def _round(code: str, capacity: int | None) -> tuple[Project, WinningProduct, list[Organization]]:
    """A published allocation: each institution has 60 rows of one pack each to place on one product."""
    load_entities()
    chosen = [
        Institution("42", f"H420000{30_000 + number}", f"湖北省直属第{number}医务室", CENTRE)
        for number in range(1, CLIENTS + 1)
    ]
    load_institutions(chosen)
    units = list(Organization.objects.filter(code__in=[each.code for each in chosen]))
    project = make.allocation_project(units, code=code)
    enterprise = make.EnterpriseFactory(
        name=f"{code}制药", uscc=f"91{secrets.token_hex(8).upper()}"
    )
    product = make.winner(
        project, "A", terms=("6", PACK, "40.00", "50"), capacity=capacity, enterprise=enterprise
    )
    items = [make.catalog_item(project, f"U{number:03d}") for number in range(ROWS)]
    AllocationRow.objects.bulk_create(
        AllocationRow(
            project=project, organization=unit, path=unit.path, item=item, reported=PACK,
            given=Given.ALL, agreed=PACK, pending=PACK, highest=PACK,
        )
        for unit in units
        for item in items
    )  # fmt: skip
    make.published(project, _account(Organization.objects.get(path="/0/")))
    return project, product, units


def _buyer(project: Project, unit: Organization) -> Buyer:
    client = Client(HTTP_HOST="localhost")
    client.force_login(_account(unit))
    filing = Filing.objects.get(project=project, organization=unit)
    rows = AllocationRow.objects.of_filing(filing).order_by("pk").values_list("pk", flat=True)
    pages = [f"/allocation/{project.code}/pending/{pk}/{Slot.HIGHEST}/" for pk in rows]
    return Buyer(f"sessionid={client.cookies['sessionid'].value}", pages)


def _account(unit: Organization) -> User:
    return User.objects.filter(organization=unit).first() or account_of(unit)


def _buy(port: int, buyers: Sequence[Buyer], product: WinningProduct) -> list[Attempt]:
    """All buyers at once, each page after page: what the page's script sends, a pack each."""
    attempts: list[Attempt] = []
    start = threading.Barrier(len(buyers))
    token = secrets.token_hex(16)
    form = urlencode({
        f"contract-{product.pk}": str(PACK), "seen": f"{product.pk}:", "csrfmiddlewaretoken": token,
    })  # fmt: skip

    def work(buyer: Buyer) -> None:
        line = http.client.HTTPConnection(HOST, port)
        headers = {
            "Cookie": f"{buyer.cookie}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        start.wait()
        for page in buyer.pages:
            begin = time.perf_counter()
            line.request("POST", page, body=form, headers=headers)
            answer = line.getresponse()
            answer.read()
            attempts.append(Attempt(answer.status, time.perf_counter() - begin))
        line.close()

    threads = [threading.Thread(target=work, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return attempts


def _figures(
    name: str,
    project: Project,
    product: WinningProduct,
    attempts: Sequence[Attempt],
    seconds: float,
) -> Iterator[Measurement]:
    strange = {each.status for each in attempts} - {HTTPStatus.OK, HTTPStatus.CONFLICT}
    if strange:
        raise RuntimeError(f"unexpected answers: {strange}")
    with whole_country(reason="bench"):
        sold = CapacityPool.objects.get(product=product).allocated // PACK
        wrong = next(differences(project), None)
    accepted = sum(each.status == HTTPStatus.OK for each in attempts)
    if wrong or sold != accepted or (name == "scarce" and sold != PACKS):
        raise RuntimeError(wrong or f"{sold} packs sold, {accepted} saves accepted")
    taken = [each.seconds * 1000 for each in attempts]
    detail = f"{CLIENTS} clients, {len(attempts):,} attempts, {accepted:,} accepted"
    yield Measurement(f"capacity_{name}_sold", sold, "packs", detail)
    yield Measurement(f"capacity_{name}_rate", len(attempts) / seconds, "attempts/s", detail)
    yield Measurement(f"capacity_{name}_p50", median(taken), "ms", detail)
    yield Measurement(f"capacity_{name}_p95", quantiles(taken, n=20)[-1], "ms", detail)


@contextmanager
def _server() -> Iterator[int]:
    """The product as it is served: gunicorn with its own configuration and the pool."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "BIND": f"{HOST}:{port}",
        "DATABASE_POOL": "true",
        "LOG_LEVEL": "WARNING",
        "DEBUG": "false",
    }
    child = processes.start(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"], environment
    )
    try:
        _await(port)
        yield port
    finally:
        processes.stop([child])


def _await(port: int, seconds: float = 30) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            line = http.client.HTTPConnection(HOST, port)
            line.request("GET", "/readyz")
            if line.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not start")
