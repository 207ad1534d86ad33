"""协议签署进度 of a concluded national allocation: 46,000 institutions, all agreements drawn, some of them undone.

Built anew and rolled back. Each question is asked in this process, the median of several; it has to stay within
`SLOWEST`, and takes one statement whatever it adds up.
"""

import time
from collections.abc import Iterator
from statistics import median

from django.db import transaction

from apps.distribution.domain.agreements.progress import progress_of
from apps.distribution.models import AgreementLine
from apps.projects.models import Project
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, scaled, stopwatch
from tests.bench.owning import owning
from tests.bench.rounds import counted
from tests.bench.rounds.signing import national_signing

CODE, INSTITUTIONS, ITEMS, RUNS = "BENCH-SIGN", scaled(46_000, least=500), 60, 5
PLACES = {"alliance": "/0/", "province": "/0/42/", "city": "/0/42/420100/"}
SLOWEST = {"alliance": 3_000, "province": 1_000, "city": 1_000}
"""Milliseconds, generous: a busy machine takes three times as long."""


def measure() -> Iterator[Measurement]:
    # The rows go with the transaction, so who writes them past their triggers is who reads them.
    with owning(), whole_country(reason="bench"), transaction.atomic():
        with stopwatch() as watch:
            project = national_signing(CODE, INSTITUTIONS, ITEMS)
        lines = AgreementLine.objects.filter(agreement__project=project).count()
        detail = f"{INSTITUTIONS:,} institutions, {lines:,} lines of agreements"
        yield Measurement("signing_built", watch.seconds, "s", detail)
        for name, place in PLACES.items():
            yield from _asked(project, name, place, detail)
        transaction.set_rollback(True)


def _asked(project: Project, name: str, place: str, detail: str) -> Iterator[Measurement]:
    if (statements := counted(lambda: progress_of(project, place))) != 1:
        raise RuntimeError(f"{place}: {statements} statements")
    taken = median(_milliseconds(project, place) for _ in range(RUNS))
    if taken > SLOWEST[name]:
        raise RuntimeError(f"{place}: {taken:.0f} ms")
    yield Measurement(f"signing_{name}", taken, "ms", detail)


def _milliseconds(project: Project, place: str) -> float:
    begin = time.perf_counter()
    progress_of(project, place)
    return (time.perf_counter() - begin) * 1000
