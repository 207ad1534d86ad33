"""What a person may do with one filing, in its own name or in place of a lower unit (上级代办).

Invariant: nothing is offered that `perform` would refuse for reasons known when the page is drawn.
"""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.projects.models.windows import Timing
from apps.review.domain.acts import FilingAct
from apps.review.domain.locks import Branch, read_branch
from apps.review.domain.machine import TRANSITIONS, kind_of
from apps.review.domain.standing import is_recused, parties_of, situations, timings_by_path
from apps.review.domain.why.obstacles import refusal
from apps.review.domain.why.possible import available
from apps.review.domain.why.situation import Situation
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action


@dataclass(frozen=True, slots=True)
class Offer:
    """One act; `stands_in_for` is the unit in whose place it is taken, `None` for the own name."""

    action: Action
    stands_in_for: Organization | None = None

    @property
    def needs_reason(self) -> bool:
        return TRANSITIONS[self.action].reason_required or self.stands_in_for is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """One filing as one person meets it: its branch, its situation, what is offered.

    `hops` are what a return through the tiers returns, from the top down; `packages` those that lock the filing and
    may be returned along with an act that lifts. `deadline` is the default of a return: the end of the reviewer's
    window; `last` the end of the person's own.
    """

    branch: Branch
    situation: Situation
    offers: tuple[Offer, ...]
    hops: tuple[Filing, ...]
    packages: tuple[Filing, ...]
    timing: Timing
    deadline: datetime | None
    last: datetime | None

    def offer(self, action: Action) -> Offer | None:
        return next((offer for offer in self.offers if offer.action == action), None)

    def may(self, action: Action) -> bool:
        """Whether it is offered in the own name."""
        offer = self.offer(action)
        return offer is not None and offer.stands_in_for is None


def standing_of(project: Project, filing: Filing, by: Actor, *, at: datetime) -> Standing:
    """At most three statements: the branch, the windows, and the units between where there are any."""
    branch = read_branch([filing])
    own = [upper for upper in branch.above(filing) if upper.path == by.path]
    timings = timings_by_path(project, [filing], branch, besides=own)
    (situation,) = situations(project, [filing], branch, at, timings)
    case = _Case(project, filing, branch, situation, by)
    between = _between(filing, branch, by)
    offers = case.own()
    for unit in _replaceable(filing, between):
        offers += case.in_place_of(unit, held={offer.action for offer in offers})
    reviewers = branch.above(filing)[-1:]
    return Standing(
        branch=branch,
        situation=situation,
        offers=tuple(offers),
        hops=_hops(between, filing, branch, by),
        packages=_packages(between, filing, branch, by),
        timing=timings[filing.path],
        deadline=timings[reviewers[0].path].closes_at(at) if reviewers else None,
        last=timings[own[0].path].closes_at(at) if own else None,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One filing before one person, at one moment."""

    project: Project
    filing: Filing
    branch: Branch
    situation: Situation
    by: Actor

    def own(self) -> list[Offer]:
        parties = parties_of(self.filing, self.branch, self.by)
        liftable = self.branch.is_liftable(self.filing, self.by.path)
        found = available(self.situation, self.project, parties, liftable=liftable)
        return [Offer(action) for action in found if not self._is_recused(action)]

    def in_place_of(self, unit: Organization, *, held: set[Action]) -> list[Offer]:
        """What the person may do in the unit's place and not in its own name."""
        if self.by.organization is None or self.by.organization.pk == unit.pk:
            return []
        deputy = self.by.acting_for(unit, reason="")
        parties = parties_of(self.filing, self.branch, deputy) & {"filer", "reviewer"}
        return [
            Offer(action, unit)
            for action, law in TRANSITIONS.items()
            if action not in held
            and law.party in parties
            and self._stands_in(action, law.act)
            and not self._is_recused(action)
        ]

    def _is_recused(self, action: Action) -> bool:
        return is_recused(self.project, self.filing, action, self.by)

    def _stands_in(self, action: Action, act: FilingAct) -> bool:
        if kind_of(self.situation) not in act.in_place:
            return False
        return refusal(action, self.situation, self.project, for_lower_tier=True) is None


def _between(filing: Filing, branch: Branch, by: Actor) -> list[Filing]:
    """The filings strictly below the person's unit and above `filing`, from the top down."""
    own = by.organization.path if by.organization else ""
    if not own or not filing.path.startswith(own):
        return []
    ids = [upper.pk for upper in branch.above(filing) if len(upper.path) > len(own)]
    if not ids:
        return []
    rows = Filing.objects.filter(pk__in=ids).select_related("organization").order_by("path")
    return list(rows)


def _replaceable(filing: Filing, between: list[Filing]) -> list[Organization]:
    """Whose place an upper tier may take: the reviewer's, and a bureau's own for its package."""
    reviewer = [between[-1].organization] if between else []
    return reviewer if filing.is_institution else [*reviewer, filing.organization]


def _packages(
    between: list[Filing], filing: Filing, branch: Branch, by: Actor
) -> tuple[Filing, ...]:
    if not branch.is_liftable(filing, by.path):
        return ()
    return tuple(upper for upper in between if upper.state in FROZEN)


def _hops(between: list[Filing], filing: Filing, branch: Branch, by: Actor) -> tuple[Filing, ...]:
    """What a return through the tiers would return, from the top down; empty where one step does it.

    Empty as well where the person's own package, or one above it, is out of hand: nothing below it can be returned.
    """
    if not between or by.user is None or not by.user.has(Permission.REVIEW):
        return ()
    outside = branch.above(filing)[: -len(between)]
    if any(upper.status in FROZEN for upper in outside):
        return ()
    return tuple(hop for hop in [*between, filing] if hop.state in FROZEN)
