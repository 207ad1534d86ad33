"""The projects in which a bureau reviews, with what waits in each; two statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.projects.domain.windows.timings import timings_across
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.reads import counts_below
from apps.review.models import Filing
from apps.review.models.statuses import Status


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """One project: how the own package stands, how many units wait for review, until when."""

    filing: Filing
    status: str
    tone: str
    waiting: int
    settled: int
    total: int
    until: datetime | None


def project_cards(filings: Sequence[Filing], *, at: datetime) -> list[ProjectCard]:
    counts = counts_below(filings)
    return [
        _card(filing, counts.get(filing.pk, {}), timing.closes_at(at))
        for filing, timing in zip(filings, timings_across(filings), strict=True)
    ]


def _card(filing: Filing, below: dict[str, int], until: datetime | None) -> ProjectCard:
    return ProjectCard(
        filing=filing,
        status=status_text(filing),
        tone=status_tone(filing),
        waiting=below.get(Status.SUBMITTED, 0),
        settled=sum(below.get(status, 0) for status in (Status.APPROVED, Status.LAPSED)),
        total=sum(number for status, number in below.items() if status != Status.EXCLUDED),
        until=until if filing.project.is_in_progress else None,
    )
