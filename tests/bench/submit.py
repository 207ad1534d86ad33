"""Twenty institutions report filings of 250 lines through the real server, all at once; none may be lost.

Two figures, for they are not the same: a filing whose rows were saved before is reported with one click
(`submit_saved_rate`); one that was filled in elsewhere sends its 250 rows first (`submit_filing_rate`). Saving one row
as the grid does it is measured beside them. Server and clients share this machine.
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
    send_and_report,
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
        for name, act, own, sent in (
            ("saved", report, desks[::2], "whose rows were saved before"),
            ("filing", send_and_report, desks[1::2], f"with {ITEMS} rows sent"),
        ):
            begin = time.perf_counter()
            answers = act(port, own)
            yield from _reports(name, sent, own, answers, time.perf_counter() - begin)


def _saves(answers: Sequence[Answer]) -> Iterator[Measurement]:
    _require(answers, HTTPStatus.OK)
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(answers):,} autosaves of one row in sheets of {ITEMS}"
    yield Measurement("submit_save_p50", median(taken), "ms", detail)
    yield Measurement("submit_save_p95", quantiles(taken, n=20)[-1], "ms", detail)


def _reports(
    name: str, sent: str, desks: Sequence[Reporter], answers: Sequence[Answer], seconds: float
) -> Iterator[Measurement]:
    reported = [each for each in answers if each.status == HTTPStatus.FOUND]
    _require([each for each in answers if each not in reported], HTTPStatus.OK)
    with whole_country(reason="bench"):
        ids = [desk.filing for desk in desks]
        there = Filing.objects.filter(pk__in=ids, status=Status.SUBMITTED).count()
        kept = DemandReport.objects.filter(filing__in=ids, lines=ITEMS).count()
    if not len(desks) == len(reported) == there == kept:
        raise RuntimeError(f"{len(reported)} reports sent, {there} submitted, {kept} kept whole")
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(desks):,} filings of {ITEMS} lines {sent}, none lost"
    yield Measurement(f"submit_{name}_rate", len(desks) / seconds, "filings/s", detail)
    yield Measurement(f"submit_{name}_mean", mean(taken), "ms", f"one request; {detail}")
    yield Measurement(
        f"submit_{name}_p95", quantiles(taken, n=20)[-1], "ms", f"one request; {detail}"
    )


def _require(answers: Sequence[Answer], status: HTTPStatus) -> None:
    strange = {each.status for each in answers} - {status}
    if strange:
        raise RuntimeError(f"unexpected answers: {strange}")
