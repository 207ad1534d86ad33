"""Twenty institutions that buy pack by pack of one product, through the real server, all at once."""

import http.client
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.test import Client

from apps.accounts.models import User
from apps.allocation.models import AllocationRow, Given, Slot
from apps.demo.entities import load_entities
from apps.demo.institutions import CENTRE, Institution, load_institutions
from apps.organizations.models import Organization
from apps.projects.models import Project, WinningProduct
from apps.review.models import Filing
from tests import factories_allocation as make
from tests.bench.owning import owning
from tests.factories import account_of

from .server import HOST

CLIENTS, PACKS, PACK, ROWS = 20, 100, 30, 60


@dataclass(frozen=True)
class Buyer:
    """One institution with its session and the pages it saves on."""

    cookie: str
    pages: Sequence[str]


@dataclass(frozen=True)
class Attempt:
    status: int
    seconds: float


def round_with(
    code: str, capacity: int | None
) -> tuple[Project, WinningProduct, list[Organization]]:
    """A published allocation: each institution has 60 rows of one pack each to place on one product."""
    chosen = [
        Institution("42", f"H420000{30_000 + number}", f"湖北省直属第{number}医务室", CENTRE)
        for number in range(1, CLIENTS + 1)
    ]
    with owning():
        load_entities()
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
    make.published(project, account_for(Organization.objects.get(path="/0/")))
    return project, product, units


def buyer_of(project: Project, unit: Organization) -> Buyer:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account_for(unit))
    filing = Filing.objects.get(project=project, organization=unit)
    rows = AllocationRow.objects.of_filing(filing).order_by("pk").values_list("pk", flat=True)
    pages = [f"/allocation/{project.code}/pending/{pk}/{Slot.HIGHEST}/" for pk in rows]
    return Buyer(f"sessionid={client.cookies['sessionid'].value}", pages)


def account_for(unit: Organization) -> User:
    return User.objects.filter(organization=unit).first() or account_of(unit)


def buy(port: int, buyers: Sequence[Buyer], product: WinningProduct) -> list[Attempt]:
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
