"""Capacity under fire: 20 institutions buy pack by pack of a product with 100 packs, through the real server.

Invariant: exactly 100 packs are sold. Server and clients share this machine; a round that is not counted comes first,
for a server on the last day of a round has been up for a while.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from statistics import median, quantiles

import psycopg
from django.core.management import call_command

from apps.allocation.domain.verification import differences
from apps.allocation.models import CapacityPool
from apps.projects.models import Project, WinningProduct
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds.bare import bare_rate
from tests.bench.rounds.buying import (
    CLIENTS,
    PACK,
    PACKS,
    Attempt,
    Buyer,
    buy,
    buyer_of,
    round_with,
)
from tests.bench.rounds.server import served

WARMING_UP = "warming up"
LIMIT_SECONDS = 4.0
LIMIT = (
    "CREATE TABLE bench_pool (id int PRIMARY KEY, allocated bigint NOT NULL)",
    "CREATE TABLE bench_slot (id bigserial PRIMARY KEY, pool_id int REFERENCES bench_pool, quantity bigint)",
    "INSERT INTO bench_pool VALUES (1, 0)",
)
CAPACITIES = {WARMING_UP: None, "scarce": PACKS * PACK, "plenty": None}


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        rounds = {name: _round(capacity) for name, capacity in CAPACITIES.items()}
    with served() as port:
        for name, (project, product, buyers) in rounds.items():
            begin = time.perf_counter()
            attempts = buy(port, buyers, product)
            seconds = time.perf_counter() - begin
            if name != WARMING_UP:
                yield from _figures(name, project, product, attempts, seconds)
    limit = bare_rate(LIMIT, _bought, clients=CLIENTS, seconds=LIMIT_SECONDS)
    yield Measurement(
        "capacity_limit", limit, "attempts/s", "one counter raised, one row inserted: bare, durable"
    )


def _bought(connection: psycopg.Connection, _client: int) -> None:
    connection.execute("INSERT INTO bench_slot (pool_id, quantity) VALUES (1, 30)")
    connection.execute("UPDATE bench_pool SET allocated = allocated + 30 WHERE id = 1")


def _round(capacity: int | None) -> tuple[Project, WinningProduct, list[Buyer]]:
    project, product, units = round_with(f"BENCH-{secrets.token_hex(4)}", capacity)
    return project, product, [buyer_of(project, unit) for unit in units]


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
