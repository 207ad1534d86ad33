"""Capacity under fire: 20 institutions buy pack by pack of a product with 100 packs, through the real server.

Invariant: exactly 100 packs are sold. Server and clients share this machine.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from statistics import median, quantiles

from django.core.management import call_command

from apps.allocation.models import CapacityPool
from apps.allocation.verification import differences
from apps.projects.models import Project, WinningProduct
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds.buying import CLIENTS, PACK, PACKS, Attempt, buy, buyer_of, round_with
from tests.bench.rounds.server import served


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    for name, capacity in (("scarce", PACKS * PACK), ("plenty", None)):
        with whole_country(reason="bench"):
            project, product, units = round_with(f"BENCH-{secrets.token_hex(4)}", capacity)
            buyers = [buyer_of(project, unit) for unit in units]
        with served() as port:
            begin = time.perf_counter()
            attempts = buy(port, buyers, product)
            seconds = time.perf_counter() - begin
        yield from _figures(name, project, product, attempts, seconds)


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
