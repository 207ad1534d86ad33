"""Totals at national size: the national table, every pair of dimensions, freezing one bureau, verification.

On a copy of the round `NATIONAL` (`rounds.national`). What a question costs is measured in this process, which looks
for garbage as the server's do, the median of several runs each. The baseline is the national table by one statement
from the lines, as a program without totals would ask.
"""

import itertools
import time
from collections.abc import Iterator
from statistics import median

from django.db import transaction

from apps.projects.models import Project
from apps.reporting.domain.rollup import Dimension, Question, TooWide, answer
from apps.reporting.domain.totals import forget_totals, freeze_totals
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandLine, DemandReporters
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from apps.scope.database import rows as read
from config.gunicorn import post_worker_init
from tests.bench.measurement import Measurement, stopwatch
from tests.bench.rounds import counted
from tests.bench.rounds.national import CODE, INSTITUTIONS

RUNS, MANY = 5, 20
TIERS = ("county", "city", "province", "alliance")
SLOW, SLOWEST = 250, 300
"""Milliseconds from which a pair is named; what no pair may take."""
FROM_LINES = """
    SELECT l.item_id, split_part(f.path, '/', 3), SUM(l.planned), COUNT(*) FILTER (WHERE l.planned > 0)
    FROM reporting_demandline l JOIN review_filing f ON f.id = l.filing_id
    WHERE f.project_id = %(project)s AND f.tier = 'institution' AND f.status IN ('submitted', 'approved')
    GROUP BY 1, 2
"""


def measure() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
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
    _asked(table)
    post_worker_init(None)
    taken = [_asked(table) for _ in range(MANY)]
    told = f"item × province, {detail}"
    yield Measurement("totals_national_p50", median(taken), "ms", told)
    yield Measurement("totals_national_min", min(taken), "ms", told)
    yield Measurement("totals_national_max", max(taken), "ms", told)
    with stopwatch() as watch:
        read(FROM_LINES, {"project": project.pk})
    yield Measurement("totals_from_lines", watch.seconds * 1000, "ms", "the same from the lines")
    ratio = watch.seconds * 1000 / median(taken)
    yield Measurement("totals_national_ratio", ratio, "times", "from the lines / from the totals")
    yield from _pairs(project, root, detail)


def _pairs(project: Project, root: Filing, detail: str) -> Iterator[Measurement]:
    found = {}
    for rows, columns in itertools.permutations(Dimension, 2):
        try:
            question = Question(project, root, rows, columns)
            found[f"{rows.value}_{columns.value}"] = _pair(question)
        except TooWide:
            continue
    slowest = max(found, key=lambda pair: found[pair])
    told = (
        f"{len(found)} pairs of dimensions that are not too wide, median of {RUNS} each, {detail}"
    )
    yield Measurement("totals_pivot_p50", median(found.values()), "ms", told)
    yield Measurement("totals_pivot_max", found[slowest], "ms", f"{told}: {slowest}")
    over = sum(taken > SLOWEST for taken in found.values())
    yield Measurement("totals_pivot_over", over, "pairs", f"that take more than {SLOWEST} ms")
    for pair, taken in sorted(found.items()):
        if taken > SLOW:
            yield Measurement(f"totals_pivot_{pair}", taken, "ms", f"median of {RUNS}")


def _pair(question: Question) -> float:
    """Milliseconds, the median; the first is not counted."""
    _asked(question)
    return median(_asked(question) for _ in range(RUNS))


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
            median(_frozen([filing]) for _ in range(RUNS)),
            "ms",
            f"the largest, median of {RUNS}, {detail}",
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
