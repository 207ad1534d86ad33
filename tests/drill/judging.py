"""What stands in the database against what clients were told."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from apps.jobs.models import Job, Status
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.models.statuses import Status as FilingStatus
from apps.scope.context import whole_country
from tests.drill.clients import FIRST, Desk, Told

FILLED_VERSION = 1
"""Of a line before a client saved it."""


@dataclass(frozen=True)
class Judgement:
    saves: int
    reports: int
    lost: int
    duplicated: int
    unfinished: int
    """Jobs."""
    unanswered: int
    """What was never acknowledged, however often it was sent."""

    @property
    def holds(self) -> bool:
        return not (self.lost or self.duplicated or self.unfinished or self.unanswered)


def judge(told: Sequence[Told], desks: Iterable[Desk]) -> Judgement:
    """Every acknowledged save and report is there, once; no job is left."""
    items = {desk.filing: desk.items for desk in desks}
    done = {(each.kind, each.filing, each.number) for each in told if each.done}
    tried = {(each.kind, each.filing, each.number) for each in told}
    saves = {(filing, items[filing][n]): FIRST + n for kind, filing, n in done if kind == "save"}
    reports = {filing for kind, filing, _ in done if kind == "report"}
    with whole_country(reason="drill"):
        lost, twice = _of_saves(saves)
        more_lost, more_twice = _of_reports(reports)
        unfinished = Job.objects.exclude(status=Status.SUCCEEDED).count()
    return Judgement(
        len(saves),
        len(reports),
        lost + more_lost,
        twice + more_twice,
        unfinished,
        len(tried - done),
    )


def _of_saves(saves: dict[tuple[int, int], int]) -> tuple[int, int]:
    filings = {filing for filing, _ in saves}
    rows = DemandLine.objects.filter(filing__in=filings).values_list(
        "filing", "item", "planned", "version"
    )
    stands = {(filing, item): (planned, version) for filing, item, planned, version in rows}
    wrong: Counter[str] = Counter()
    for place, number in saves.items():
        planned, version = stands[place]
        wrong["lost"] += planned != number
        wrong["twice"] += version > FILLED_VERSION + 1
    return wrong["lost"], wrong["twice"]


def _of_reports(reports: set[int]) -> tuple[int, int]:
    times = Count("events", filter=Q(events__action=Action.SUBMIT))
    found = Filing.objects.filter(pk__in=reports).annotate(times=times)
    rows = list(found.values_list("status", "times"))
    lost = len(reports) - sum(status == FilingStatus.SUBMITTED and n > 0 for status, n in rows)
    return lost, sum(n > 1 for _, n in rows)
