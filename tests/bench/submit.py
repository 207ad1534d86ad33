"""Twenty institutions report filings of 250 lines through the real server, all at once; none may be lost.

Each report is what the page sends: the sheet saved by rows beforehand, then 上报 in one click. Saving one row as the
grid does it is measured beside it. Server and clients share this machine.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from statistics import mean, median, quantiles

from django.core.management import call_command

from apps.reporting.models import DemandReport
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds.reporting import (
    CLIENTS,
    ITEMS,
    Answer,
    Reporter,
    demand_round,
    report,
    save,
)
from tests.bench.rounds.server import served

FILINGS_EACH = 40
SAVES_EACH = 50


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", FILINGS_EACH)
    with served() as port:
        yield from _saves(save(port, desks, SAVES_EACH))
        begin = time.perf_counter()
        answers = report(port, desks)
        yield from _reports(desks, answers, time.perf_counter() - begin)


def _saves(answers: Sequence[Answer]) -> Iterator[Measurement]:
    _require(answers, HTTPStatus.OK)
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(answers):,} autosaves of one row in sheets of {ITEMS}"
    yield Measurement("submit_save_p50", median(taken), "ms", detail)
    yield Measurement("submit_save_p95", quantiles(taken, n=20)[-1], "ms", detail)


def _reports(
    desks: Sequence[Reporter], answers: Sequence[Answer], seconds: float
) -> Iterator[Measurement]:
    _require(answers, HTTPStatus.FOUND)
    with whole_country(reason="bench"):
        ids = [desk.filing for desk in desks]
        there = Filing.objects.filter(pk__in=ids, status=Status.SUBMITTED).count()
        kept = DemandReport.objects.filter(filing__in=ids, lines=ITEMS).count()
    if not len(answers) == there == kept:
        raise RuntimeError(f"{len(answers)} reports sent, {there} submitted, {kept} kept whole")
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(answers):,} filings of {ITEMS} lines, none lost"
    yield Measurement("submit_rate", len(answers) / seconds, "reports/s", detail)
    yield Measurement("submit_mean", mean(taken), "ms", detail)
    yield Measurement("submit_p95", quantiles(taken, n=20)[-1], "ms", detail)


def _require(answers: Sequence[Answer], status: HTTPStatus) -> None:
    strange = {each.status for each in answers} - {status}
    if strange:
        raise RuntimeError(f"unexpected answers: {strange}")
