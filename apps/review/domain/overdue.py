"""逾期未报: what is to be decided about institutions whose time is over (rules §1, S2-25).

Invariant: what was once reported never silently becomes zero: 恢复上次上报 or 计零 is somebody's decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, TextChoices

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Tier
from apps.projects.domain.windows.timings import time_over
from apps.projects.models import Project
from apps.review.domain.locks import Branch, read_branch
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.standing import parties_of, situations
from apps.review.domain.why.possible import available
from apps.review.domain.why.situation import Situation
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, FROZEN, Action, Status


class Pile(TextChoices):
    """What kind of decision an institution waits for."""

    ONCE = "once", "曾上报，未重新上报"
    NEVER = "never", "从未上报"
    LAPSED = "lapsed", "已计为未报"


OPENERS = (Tier.PROVINCE, Tier.ALLIANCE)
"""They see every institution below them; the others what they review themselves."""


def acts_of(pile: Pile) -> list[Action]:
    """What may be decided about its institutions; what keeps a report stands before what drops it."""
    acts = [action for action, law in TRANSITIONS.items() if pile.value in law.act.piles]
    return sorted(acts, key=lambda action: TRANSITIONS[action].target not in FROZEN)


def word_for(action: Action, pile: Pile) -> str:
    """计零 is what counting as zero is called where something was once reported."""
    zero_word = TRANSITIONS[action].act.zero_word if pile == Pile.ONCE else ""
    return zero_word or action.label


@dataclass(frozen=True, slots=True)
class Piles:
    """The institutions that a bureau decides about, or opens a 补报 for: only once their time is over."""

    rows: QuerySet[Filing]
    conditions: Mapping[Pile, Q]

    @classmethod
    def of(cls, own: Filing, *, at: datetime) -> "Piles":
        """One statement: whose time is over."""
        return cls(_decided_by(own), _conditions(own, at))

    def holding(self, pile: Pile) -> QuerySet[Filing]:
        return self.rows.filter(self.conditions[pile])

    def heights(self) -> dict[Pile, int]:
        """How many institutions each pile holds; one statement."""
        counts = {p.value: Count("pk", filter=which) for p, which in self.conditions.items()}
        heights = self.rows.aggregate(**counts)
        return {pile: heights[pile.value] for pile in Pile}


def _decided_by(own: Filing) -> QuerySet[Filing]:
    rows: QuerySet[Filing] = (
        Filing.objects.all().below(own) if own.tier in OPENERS else Filing.objects.children_of(own)
    ).institutions()
    return rows


def _conditions(own: Filing, at: datetime) -> dict[Pile, Q]:
    once = Q(reported_once=True) | Q(substituted=True)
    over = Q(status__in=EDITABLE) & time_over(own.project, Tier.INSTITUTION, at)
    return {
        Pile.ONCE: once & over,
        Pile.NEVER: ~once & over,
        Pile.LAPSED: Q(status=Status.LAPSED),
    }


@dataclass(frozen=True, slots=True)
class Facing:
    """One institution as one person meets it."""

    filing: Filing
    acts: frozenset[Action]


def facing(project: Project, rows: Sequence[Filing], by: Actor, *, at: datetime) -> list[Facing]:
    """Three statements for a page of rows."""
    branch = read_branch(rows)
    stands = situations(project, rows, branch, at)
    return [
        Facing(row, _acts(project, row, branch, stand, by))
        for row, stand in zip(rows, stands, strict=True)
    ]


def _acts(
    project: Project, filing: Filing, branch: Branch, stand: Situation, by: Actor
) -> frozenset[Action]:
    """What the machine offers, and more time for those that only need it."""
    parties, liftable = parties_of(filing, branch, by), branch.is_liftable(filing, by.path)
    acts = set(available(stand, project, parties, liftable=liftable))
    needs_time = filing.state in EDITABLE and stand.is_over and not filing.maintained
    if needs_time and (liftable or not stand.branch_frozen):
        acts |= {a for a, law in TRANSITIONS.items() if law.act.gives_time and law.party in parties}
    return frozenset(acts)
