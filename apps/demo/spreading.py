"""Statuses for a whole synthetic round: spread over all tiers, with events whose chains hold.

Statuses move by `review.domain.performing.perform` alone; a loader of 46,000 units writes what tens of thousands of
such acts would have left behind. Invariants: under a submitted or approved unit every unit is approved; every filing's
status, version and times are those of its events; each event's hash is the product's own `digest`.
"""

import itertools
import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.demo.domain.sql import copy_changes, copy_rows
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.review.domain.events import digest
from apps.review.domain.machine import TRANSITIONS
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN, Action, Status
from apps.scope.sql import freshen

ROUND_DAYS = 10
"""How long ago the spread round opened."""

HEIGHT = {Tier.INSTITUTION: 0, Tier.COUNTY: 1, Tier.CITY: 2, Tier.PROVINCE: 3}
REASONS = (
    "填报数量与历史采购量差距较大，请核实",
    "附件未盖章，请补正后重新上报",
    "请核对包装数量与最小单位",
)
DAY = timedelta(days=1)
CORRECTION = 5 * DAY

Shares = Mapping[Tier, tuple[float, float, float, float]]
"""Shares of approved, submitted, returned, draft among the units below an editable one."""
EARLY: Shares = {
    Tier.PROVINCE: (0.10, 0.15, 0.05, 0.70),
    Tier.CITY: (0.12, 0.13, 0.05, 0.70),
    Tier.COUNTY: (0.15, 0.15, 0.05, 0.65),
    Tier.INSTITUTION: (0.42, 0.25, 0.05, 0.28),
}
"""The higher, the later."""
LATE: Shares = {
    Tier.PROVINCE: (0.55, 0.20, 0.05, 0.20),
    Tier.CITY: (0.45, 0.20, 0.05, 0.30),
    Tier.COUNTY: (0.45, 0.20, 0.05, 0.30),
    Tier.INSTITUTION: (0.50, 0.20, 0.05, 0.25),
}
"""Towards the end: most provinces have submitted."""
OUTCOMES = (Status.APPROVED, Status.SUBMITTED, Status.RETURNED, Status.DRAFT)
# One in twenty of the approved was returned once before; one in fifty below a submitted bureau never reported.
SECOND_TRY = 0.05
NEVER = 0.02


@dataclass(frozen=True, slots=True)
class Unit:
    """A filing as the spread needs it."""

    pk: int
    parent: int | None
    tier: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event to be: what was done, by which unit, when."""

    action: Action
    by: str
    at: datetime
    reason: str = ""
    deadline: datetime | None = None


def spread(project: Project, *, seed: int, now: datetime) -> int:
    """Move the drafts of a freshly published project. Returns the number of events written."""
    units = units_of(project)
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret
    return tell(stories(units, plan(units, chance), chance, now))


def units_of(project: Project) -> list[Unit]:
    """Parents first."""
    filings = Filing.objects.of_project(project).order_by("path")
    return [
        Unit(*row) for row in filings.values_list("pk", "parent_id", "tier", "organization__name")
    ]


def stories(
    units: Sequence[Unit], outcomes: Mapping[int, Status], chance: random.Random, now: datetime
) -> dict[int, list[Step]]:
    """What happened to each unit that is no draft, by id."""
    names = {unit.pk: unit.name for unit in units}
    return {
        unit.pk: steps
        for unit in units
        if (steps := story(unit, names.get(unit.parent or 0, ""), outcomes[unit.pk], chance, now))
    }


def reports(stories: Mapping[int, Sequence[Step]]) -> Iterator[dict[int, Sequence[Step]]]:
    """The stories as they stood when something was reported: all until the first report, then until the second, …"""
    for count in itertools.count(1):
        until = {pk: list(_until(steps, count)) for pk, steps in stories.items()}
        if not any(until.values()):
            return
        yield {pk: steps for pk, steps in until.items() if steps}


def _until(steps: Sequence[Step], count: int) -> Sequence[Step]:
    submits = [place for place, step in enumerate(steps) if step.action == Action.SUBMIT]
    return steps[: submits[count - 1] + 1] if len(submits) >= count else ()


def stand(stories: Mapping[int, Sequence[Step]]) -> None:
    """Filings as the last steps of their stories left them; their events are for `tell`."""
    copy_changes(Filing, FILING_FIELDS, (_outcome(pk, steps) for pk, steps in stories.items()))


def tell(stories: Mapping[int, Sequence[Step]]) -> int:
    """Write stories of filings that are drafts without events, by id. Returns the number of events."""
    written = _write_events(stories)
    stand(stories)
    freshen(Filing, FilingEvent)
    return written


def plan(
    units: Sequence[Unit], chance: random.Random, shares: Shares = EARLY, *, lapsing: float = 0.0
) -> dict[int, Status]:
    """The status of every unit. `units` come parents first, as an order by path gives them.

    `lapsing` is the share of institutions that never reported, below bureaus that have submitted.
    """
    outcomes: dict[int, Status] = {}
    waiting: dict[int, list[Status]] = {}
    children = Counter(unit.parent for unit in units)
    for unit in units:
        if unit.parent is None:
            outcomes[unit.pk] = Status.DRAFT
        elif outcomes[unit.parent] in FROZEN:
            never = unit.tier == Tier.INSTITUTION and lapsing and chance.random() < lapsing
            outcomes[unit.pk] = Status.LAPSED if never else Status.APPROVED
        else:
            if unit.parent not in waiting:
                waiting[unit.parent] = _dealt(
                    children[unit.parent], shares[Tier(unit.tier)], chance
                )
            outcomes[unit.pk] = waiting[unit.parent].pop()
    return outcomes


def _dealt(count: int, shares: Sequence[float], chance: random.Random) -> list[Status]:
    """So many outcomes in their shares, shuffled: among thirty provinces one is always returned."""
    edges = list(itertools.accumulate(shares[:-1]))
    dealt = [OUTCOMES[bisect(edges, (place + 0.5) / count)] for place in range(count)]
    chance.shuffle(dealt)
    return dealt


def story(
    unit: Unit, reviewer: str, outcome: Status, chance: random.Random, now: datetime
) -> list[Step]:
    """What happened to a unit until it stood where it stands; nothing for a draft."""
    if outcome == Status.DRAFT:
        return []
    base = now - ROUND_DAYS * DAY + 2 * HEIGHT[Tier(unit.tier)] * DAY
    moments = sorted(base + chance.random() * 2 * DAY for _ in range(4))
    if outcome == Status.LAPSED:
        return [Step(Action.LAPSE, reviewer, moments[0])]
    submit = Step(Action.SUBMIT, unit.name, moments[0])
    if outcome == Status.SUBMITTED:
        return [submit]
    approve = Step(Action.APPROVE, reviewer, moments[3])
    back = Step(Action.RETURN, reviewer, moments[1], chance.choice(REASONS), now + CORRECTION)
    if outcome == Status.RETURNED:
        return [submit, back]
    if chance.random() < SECOND_TRY:
        return [submit, back, Step(Action.SUBMIT, unit.name, moments[2]), approve]
    return [submit, approve]


EVENT_FIELDS = (
    "filing", "sequence", "at", "action", "source", "target", "actor_name", "organization_name",
    "on_behalf_of", "reason", "deadline", "request_id", "previous_hash", "hash",
)  # fmt: skip
FILING_FIELDS = (
    "id", "status", "version", "reported_once", "submitted_at", "reviewed_at", "return_reason",
    "correction_deadline",
)  # fmt: skip


def _write_events(stories: Mapping[int, Sequence[Step]]) -> int:
    names = [FilingEvent._meta.get_field(name).attname for name in EVENT_FIELDS]  # type: ignore[union-attr]
    events = (event for pk, steps in stories.items() for event in chained(pk, steps))
    copy_rows(
        FilingEvent, EVENT_FIELDS, (tuple(getattr(event, n) for n in names) for event in events)
    )
    return sum(map(len, stories.values()))


def chained(filing_id: int, steps: Iterable[Step]) -> Iterator[FilingEvent]:
    """The events of one filing, each with the hash of the one before it."""
    status, previous = Status.DRAFT, ""
    for sequence, step in enumerate(steps, start=1):
        target = TRANSITIONS[step.action].target
        event = FilingEvent(
            filing_id=filing_id,
            sequence=sequence,
            at=step.at,
            action=step.action,
            source=status,
            target=target,
            actor_name="系统",
            organization_name=step.by,
            reason=step.reason,
            deadline=step.deadline,
            previous_hash=previous,
        )
        event.hash = previous = digest(event)
        status = target
        yield event


def _outcome(pk: int, steps: Sequence[Step]) -> tuple[object, ...]:
    submits = [step for step in steps if step.action == Action.SUBMIT]
    reviews = [step for step in steps if step.action != Action.SUBMIT]
    returns = [step for step in reviews if step.action == Action.RETURN]
    return (
        pk,
        TRANSITIONS[steps[-1].action].target,
        len(steps),
        bool(submits),
        submits[-1].at if submits else None,
        reviews[-1].at if reviews else None,
        returns[-1].reason if returns else "",
        returns[-1].deadline if returns else None,
    )
