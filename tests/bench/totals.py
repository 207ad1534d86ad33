"""Totals at national size: the national table, every pair of dimensions, freezing one bureau, verification.

Looks for the round `NATIONAL` in the database, as `manage.py build_national` leaves it, and builds it where it is not
there: 46,000 institutions and 250 items, which takes its time. What a question costs is measured in this process, the
fastest of several runs each; whatever changes is rolled back.
"""

import itertools
import time
from collections.abc import Iterator
from statistics import median

from django.core.management import call_command
from django.db import transaction

from apps.projects.models import Project
from apps.reporting.models import DemandLine, DemandReporters
from apps.reporting.rollup import Dimension, Question, TooWide, answer
from apps.reporting.totals import forget_totals, freeze_totals
from apps.reporting.totals.verifying import differences
from apps.review.models import Filing
from apps.review.statuses import Status
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, stopwatch
from tests.bench.rounds import counted

CODE, INSTITUTIONS, ITEMS = "NATIONAL", 46_000, 250
RUNS, MANY = 5, 20
TIERS = ("county", "city", "province", "alliance")


def measure() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        if not Project.objects.filter(code=CODE).exists():
            call_command("build_national", project=CODE, institutions=INSTITUTIONS, items=ITEMS)
        project = Project.objects.get(code=CODE)
        root = Filing.objects.get(project=project, tier="alliance")
        lines = DemandLine.objects.filter(filing__project=project).count()
        detail = f"{INSTITUTIONS:,} institutions, {lines:,} lines"
        yield from _questions(project, root, detail)
        yield from _freezes(project, detail)
        with stopwatch() as watch:
            if found := list(differences(project)):
                raise RuntimeError(found[0])
        yield Measurement("totals_verify", watch.seconds, "s", f"{detail}, exact to the unit")


def _questions(project: Project, root: Filing, detail: str) -> Iterator[Measurement]:
    table = Question(project, root, Dimension.ITEM, Dimension.PROVINCE)
    taken = [_asked(table) for _ in range(MANY)]
    told = f"item × province, {detail}"
    yield Measurement("totals_national_p50", median(taken), "ms", told)
    yield Measurement("totals_national_min", min(taken), "ms", told)
    yield Measurement("totals_national_max", max(taken), "ms", told)
    found = {}
    for rows, columns in itertools.permutations(Dimension, 2):
        try:
            question = Question(project, root, rows, columns)
            found[rows, columns] = min(_asked(question) for _ in range(RUNS))
        except TooWide:
            continue
    (rows, columns), slowest = max(found.items(), key=lambda each: each[1])
    told = f"{len(found)} pairs of dimensions that are not too wide, best of {RUNS} each, {detail}"
    yield Measurement("totals_pivot_p50", median(found.values()), "ms", told)
    yield Measurement("totals_pivot_max", slowest, "ms", f"{told}: {rows.value} × {columns.value}")


def _asked(question: Question) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    answer(question)
    return (time.perf_counter() - begin) * 1000


def _freezes(project: Project, detail: str) -> Iterator[Measurement]:
    """The largest bureau of each tier, then the number of statements for one and for twenty."""
    for tier in TIERS:
        filing = _largest(project, tier)
        yield Measurement(
            f"totals_freeze_{tier}",
            min(_frozen([filing]) for _ in range(RUNS)),
            "ms",
            f"the largest, best of {RUNS}, {detail}",
        )
    counties = list(
        Filing.objects.of_project(project).filter(tier="county", status=Status.APPROVED)[:20]
    )
    for part in (counties[:1], counties):
        yield Measurement(
            f"totals_freeze_statements_{len(part)}",
            counted(lambda part=part: _refrozen(part)),
            "statements",
            f"{len(part)} counties, with giving back",
        )


def _largest(project: Project, tier: str) -> Filing:
    """By institutions; of the root there is one."""
    rows = DemandReporters.objects.filter(filing__project=project, filing__tier=tier)
    first = rows.order_by("-institutions").values_list("filing", flat=True).first()
    filings = Filing.objects.of_project(project).filter(tier=tier)
    found: Filing = filings.get(pk=first) if first else filings.get()
    return found


def _frozen(filings: list[Filing]) -> float:
    """Milliseconds; rolled back."""
    with transaction.atomic():
        _give_back(filings)
        begin = time.perf_counter()
        freeze_totals(filings)
        taken = (time.perf_counter() - begin) * 1000
        transaction.set_rollback(True)
    return taken


def _refrozen(filings: list[Filing]) -> None:
    _give_back(filings)
    freeze_totals(filings)


def _give_back(filings: list[Filing]) -> None:
    """As if they had been returned and were submitted again just now."""
    moved = Filing.objects.filter(pk__in=[filing.pk for filing in filings])
    moved.update(status=Status.DRAFT)
    forget_totals(filings)
    moved.update(status=Status.APPROVED)
