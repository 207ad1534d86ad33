"""Reports that nobody made: quantities around what was bought, some missing, some returned, all by one seed.

The statuses are dealt out and told as those of the synthetic rounds (`demo.spreading`); the product's own code keeps
the reports and freezes the totals, tier by tier from below.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from apps.demo.spreading import EARLY, HEIGHT, REASONS, Step, Unit, chained, plan, units_of
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.reporting.domain import rollup
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.totals import freeze_totals
from apps.reporting.models import DemandLine, DemandReport
from apps.review.domain.machine import TRANSITIONS
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN, Action, Status
from apps.scope.sql import freshen

from . import sql

CHUNK = 500
BEGUN = 0.5
"""Share of those that have not reported who have begun."""
CORRECTION = timedelta(days=5)
UPWARD = (Tier.COUNTY, Tier.CITY, Tier.PROVINCE)
T = TypeVar("T")


def invent(project: Project, *, seed: int, since: datetime, now: datetime) -> int:
    """Reports of a round whose filings are drafts, made between two moments. Returns how many institutions reported."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret
    units = units_of(project)
    outcomes = plan(units, chance, EARLY)
    desks = [unit.pk for unit in units if unit.tier == Tier.INSTITUTION]
    whole = [pk for pk in desks if outcomes[pk] != Status.DRAFT]
    begun = [pk for pk in desks if outcomes[pk] == Status.DRAFT and chance.random() < BEGUN]
    for part in _chunks([*whole, *begun], CHUNK):
        sql.write_lines(project.pk, part, whole, seed=seed, years=len(project.baseline_years))
    freshen(DemandLine)
    names = {unit.pk: unit.name for unit in units}
    stories = {
        unit.pk: steps
        for unit in units
        if (
            steps := _story(
                unit, names.get(unit.parent or 0, ""), outcomes[unit.pk], chance, since, now
            )
        )
    }
    for told in _chunks(stories.items(), CHUNK):
        sql.write_events([event for pk, steps in told for event in chained(pk, steps)])
        sql.stand([_standing(pk, steps) for pk, steps in told])
    freshen(Filing, FilingEvent)
    _freeze(project)
    return len(whole)


def _story(  # noqa: PLR0917 - what a story hangs on
    unit: Unit,
    reviewer: str,
    outcome: Status,
    chance: random.Random,
    since: datetime,
    now: datetime,
) -> list[Step]:
    """What happened to a unit until it stood where it stands: lower tiers before higher ones; nothing for a draft."""
    if outcome == Status.DRAFT:
        return []
    part = (now - since) / (2 * len(HEIGHT))
    begins = since + 2 * HEIGHT[Tier(unit.tier)] * part
    submitted, reviewed = (begins + (turn + chance.random()) * part for turn in range(2))
    steps = [Step(Action.SUBMIT, unit.name, submitted)]
    if outcome == Status.RETURNED:
        steps.append(
            Step(Action.RETURN, reviewer, reviewed, chance.choice(REASONS), now + CORRECTION)
        )
    elif outcome == Status.APPROVED:
        steps.append(Step(Action.APPROVE, reviewer, reviewed))
    return steps


def _standing(pk: int, steps: Sequence[Step]) -> tuple[Any, ...]:
    last = steps[-1]
    reviewed = last if last.action != Action.SUBMIT else None
    return (
        pk,
        str(TRANSITIONS[last.action].target),
        len(steps),
        True,
        steps[0].at,
        reviewed.at if reviewed else None,
        last.reason,
        last.deadline,
    )


def _freeze(project: Project) -> None:
    """What each report and each submission would have frozen, by the product's own statements."""
    filings = Filing.objects.of_project(project).order_by("path")
    for part in _chunks(filings.institutions().filter(reported_once=True), CHUNK):
        keep_reports(part)
    freshen(DemandReport)
    for tier in UPWARD:
        for part in _chunks(filings.filter(tier=tier, status__in=FROZEN), CHUNK):
            freeze_totals(part)
    rollup.refresh(project)


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while part := list(itertools.islice(left, size)):
        yield part
