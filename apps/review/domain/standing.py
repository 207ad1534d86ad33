"""Who stands where: which party an actor is to a filing, and the situation of many filings at one moment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigAutoField

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.organizations.models import Tier
from apps.projects.domain.windows.timings import TimingAsk, timings_for
from apps.projects.models import Project, Withdrawal
from apps.projects.models.windows import Timing
from apps.review.domain.events import HEAD, OWN_HEAD, heads_of
from apps.review.domain.holding import lock_own_filing
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import Ancestor, Branch, lock_branch
from apps.review.domain.machine import TRANSITIONS, Party
from apps.review.domain.why.situation import Situation
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import FROZEN, Action
from apps.scope.database import Ask
from apps.scope.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Standing:
    """Filings of one project under lock, before an act: where they stand, and the heads of their chains of events.

    Of one filing alone `windows`, and `work`: what its kind asks before it is complete, if that matters to the act.
    """

    project: Project
    branch: Branch
    situations: list[Situation]
    heads: Mapping[int, str]
    windows: TimingAsk | None = None
    work: Ask[Any] | None = None


PROJECT: Prepared[Project] = Prepared(lambda pk: Project.objects.filter(pk=pk), pk=BigAutoField())
"""Read by every act."""
PARTY_PERMISSION: dict[Party, Permission] = {
    "filer": Permission.REPORT,
    "reviewer": Permission.REVIEW,
    "superior": Permission.REVIEW,
    "opener": Permission.REVIEW,
    "alliance": Permission.MANAGE,
}


def parties_of(filing: Filing, branch: Branch, by: Actor) -> frozenset[Party]:
    """The parties that `by` is to the filing, itself or acting for the lower unit that it names.

    The system stands as the reviewer: it lets filings lapse when a project closes.
    """
    if by.user is None:
        return frozenset({"reviewer", "system"})
    held = by.user.permissions
    return frozenset(
        party for party in places_of(filing, branch, by) if PARTY_PERMISSION[party] in held
    )


def places_of(filing: Filing, branch: Branch, by: Actor) -> frozenset[Party]:
    """The same whatever the account may do: what its unit is to the filing."""
    if by.organization is None:
        return frozenset()
    place = _place(by)
    above = branch.above(filing)
    parties: set[Party] = set()
    if place == filing.path and not filing.maintained:
        parties.add("filer")
    if above and place == above[-1].path:
        parties.add("reviewer")
    if by.path != filing.path and filing.path.startswith(by.path):
        parties.add("superior")
    if by.organization.tier in (Tier.PROVINCE, Tier.ALLIANCE) and filing.path.startswith(place):
        parties.add("opener")
    if by.organization.tier == Tier.ALLIANCE:
        parties.add("alliance")
    return frozenset(parties)


RECUSED = "本项目要求审核回避：这是您的账号填报或代为提交的，请由本单位另一个账号或上级办理"


def is_recused(project: Project, filing: Filing, action: Action, by: Actor) -> bool:
    """审核回避: whether the act would pass what this very account filled in or reported."""
    own = by.user is not None and by.user.pk in (filing.submitted_by_id, filing.filled_by_id)
    return own and project.recusal and TRANSITIONS[action].recuses


def _place(by: Actor) -> str:
    """Whose place the actor takes: its own, or that of the unit below it that it acts for."""
    own = by.organization.path if by.organization else ""
    if by.on_behalf_of is None:
        return own
    return by.on_behalf_of.path if by.on_behalf_of.path.startswith(own) else ""


def situations(
    project: Project,
    filings: Sequence[Filing],
    branch: Branch,
    at: datetime,
    timings: Mapping[str, Timing] | None = None,
) -> list[Situation]:
    """The situation of each filing, in order, with a constant number of statements.

    With `timings` none, but where withdrawal is on request one for the open requests.
    """
    known = timings_by_path(project, filings, branch) if timings is None else timings
    asked = asked_to_withdraw(project, filings)
    return [
        _situation(
            filing,
            known[filing.path],
            _reviewing(filing, branch, known),
            branch,
            at,
            asked=filing.pk in asked,
        )
        for filing in filings
    ]


def asked_to_withdraw(project: Project, filings: Sequence[Filing]) -> frozenset[int]:
    """Ids of the filings with an open request; no statement where the project has no such policy."""
    if Withdrawal.ON_REQUEST not in {project.institution_withdrawal, project.bureau_withdrawal}:
        return frozenset()
    frozen = [filing.pk for filing in filings if filing.state in FROZEN]
    if not frozen:
        return frozenset()
    return frozenset(
        WithdrawalRequest.objects.filter(filing_id__in=frozen)
        .open()
        .values_list("filing_id", flat=True)
    )


def timings_by_path(
    project: Project,
    filings: Sequence[Filing],
    branch: Branch,
    *,
    besides: Sequence[Ancestor] = (),
) -> dict[str, Timing]:
    """The timings of the filings, of the tier above each, and of those `besides`, with one statement."""
    units: dict[str, Filing | Ancestor] = {
        upper.path: upper for filing in filings for upper in branch.above(filing)[-1:]
    }
    units |= {upper.path: upper for upper in besides}
    units |= {filing.path: filing for filing in filings}
    return dict(zip(units, timings_for(project, list(units.values())), strict=True))


def _reviewing(filing: Filing, branch: Branch, timings: Mapping[str, Timing]) -> Timing | None:
    above = branch.above(filing)
    return timings[above[-1].path] if above else None


def _situation(
    filing: Filing,
    own: Timing,
    reviewing: Timing | None,
    branch: Branch,
    at: datetime,
    *,
    asked: bool,
) -> Situation:
    is_open = own.is_open_or_before_deadline(at)
    return Situation(
        status=filing.state,
        is_institution=filing.is_institution,
        is_root=filing.is_root,
        branch_frozen=branch.is_frozen(filing),
        reported_once=filing.reported_once,
        substituted=filing.substituted,
        is_open=is_open,
        is_over=not is_open and own.own is not None and at >= own.own.closes_at,
        reviewer_is_open=reviewing is None
        or reviewing.national is None
        or reviewing.is_open_or_before_deadline(at),
        withdrawal_asked=asked,
        maintained=filing.maintained,
        settled=bool(filing.closed_as),
    )


def hold_standing(filings: Sequence[Filing], action: Action, at: datetime) -> Standing:
    """Lock and read what every act needs; for one filing it is one trip to the server.

    Raises `Project.DoesNotExist` outside the scope.
    """
    project = PROJECT.ask(pk=filings[0].project_id)
    if len(filings) == 1:
        (filing,) = filings
        windows, head = TimingAsk.of(filing.project_id, filing), HEAD.ask(filing=filing.pk)
        completes = "complete" in TRANSITIONS[action].checks and filing.is_institution
        work = kind_of(filing).ask_incomplete(filing) if completes else None
        branch = lock_branch(filings, project, windows.ask, head, *([work] if work else []))
        found = _found(project, branch)
        return _one(found, branch, at, windows=windows, head=head, work=work)
    branch = lock_branch(filings, project)
    heads = heads_of([filing.pk for filing in branch.filings])
    found = _found(project, branch)
    return Standing(found, branch, situations(found, branch.filings, branch, at), heads)


def hold_own_standing(
    code: str, work: Ask[Any], *, kinds: Collection[str], by: Actor, at: datetime
) -> Standing:
    """The same of the own filing in the project of this code, which is looked for in the trip that locks it.

    `work` is what its kind asks before it is complete. Raises `Filing.DoesNotExist` as `hold_own`.
    """
    head = OWN_HEAD.ask(organization=by.organization.pk if by.organization else 0, code=code)
    branch, windows = lock_own_filing(code, head, work, kinds=kinds, by=by)
    project = branch.filings[0].project
    return _one(project, branch, at, windows=windows, head=head, work=work)


def _found(project: Ask[list[Project]], branch: Branch) -> Project:
    if not project.answer:
        raise Project.DoesNotExist
    (found,) = project.answer
    for held in branch.filings:
        held.project = found
    return found


def _one(
    project: Project,
    branch: Branch,
    at: datetime,
    *,
    windows: TimingAsk,
    head: Ask[list[str]],
    work: Ask[Any] | None,
) -> Standing:
    units: list[Filing | Ancestor] = [*branch.filings]
    units += [unit for held in branch.filings for unit in branch.above(held)[-1:]]
    timings = {unit.path: windows.timing(project.pk, unit) for unit in units}
    heads = {held.pk: head.answer[0] for held in branch.filings if head.answer}
    facing = situations(project, branch.filings, branch, at, timings)
    return Standing(project, branch, facing, heads, windows, work)
