"""退到机构: one action that returns every filing on the way down, one tier at a time (S3-26)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.projects.models import Approval, Project
from apps.review.domain.carrying import Instruction, carries
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import read_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, NotYourTurn
from apps.review.domain.returns.deadlines import NONE_GIVEN, Deadlines, require_order
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action


@carries(Action.RETURN)
@transaction.atomic
def return_as_told(filings: Sequence[Filing], told: Instruction) -> list[Filing]:
    """退回修改, naming the lines that are to be corrected, if any. Raises a `ReviewRefused`."""
    moved = perform(
        filings,
        Action.RETURN,
        by=told.by,
        reason=told.reason,
        deadline=told.deadline,
        versions=told.versions,
    )
    for back in moved if told.lines else ():
        _point_at(back, told)
    return moved


def _point_at(back: Filing, told: Instruction) -> None:
    named = kind_of(back).point_at(back, told.lines)
    if named:
        name = back.organization.name
        record(
            by=told.by,
            verb="指明待修改",
            object=name,
            sentence=f"退回{name}的申报时指明 {named} 条明细待修改",
            path=back.path,
            project_code=Project.objects.get(pk=back.project_id).code,
        )


@transaction.atomic
def return_through(
    filing: Filing,
    *,
    by: Actor,
    reason: str,
    deadline: datetime | None = None,
    deadlines: Deadlines = NONE_GIVEN,
    version: int | None = None,
) -> list[Filing]:
    """Return `filing` and every submitted or approved filing between it and the actor, from the top down.

    Each hop is one event; hops below the actor's own are taken on behalf of the bureau concerned. Approved
    siblings stay approved. `deadlines` by tier, the lower the earlier; a tier without one has that of the tier above.
    Raises a `ReviewRefused`; then nothing moved.
    """
    require_order(deadlines)
    if by.organization is None or not filing.path.startswith(by.organization.path):
        raise NotYourTurn("该单位不在您的管辖范围内。")
    way_down = _way_down(filing, by.organization.path)
    if not any(hop.state in FROZEN for hop in way_down):
        raise ActionRefused(f"当前为“{filing.state.label}”，无需退回。")
    moved: list[Filing] = []
    for hop in way_down:
        if hop.state not in FROZEN:
            continue
        versions = {hop.pk: version} if version is not None and hop.pk == filing.pk else None
        actor = _actor_for(hop, by, reason)
        deadline = deadlines.get(hop.tier, deadline)
        moved += perform(
            [hop], Action.RETURN, by=actor, reason=reason, deadline=deadline, versions=versions
        )
        deadline = moved[-1].correction_deadline
    return moved


def packages_over(filings: Sequence[Filing], by: Actor) -> list[Filing]:
    """The packages between the actor and these filings that lock them, from the top down, with their reviewers.

    Those above a filing that is out of the actor's hand are not among them.
    """
    branch = read_branch(filings)
    lifted = [f for f in filings if branch.is_liftable(f, by.path)]
    held = {a.pk for f in lifted for a in branch.above(f) if a.status in FROZEN}
    rows = Filing.objects.filter(pk__in=held)
    return list(rows.select_related("organization", "parent__organization").order_by("path"))


@transaction.atomic
def return_packages(
    bureaus: Sequence[Filing],
    *,
    by: Actor,
    reason: str,
    deadline: datetime | None = None,
    deadlines: Deadlines = NONE_GIVEN,
) -> list[Filing]:
    """Return these packages of bureaus, every one under its reviewer's name, those above before those below.

    `deadlines` by tier, where they differ. They come with their parents' organizations. Raises a `ReviewRefused`; then
    nothing moved.
    """
    moved: list[Filing] = []
    for group in _reviewed_together(bureaus):
        actor, until = _actor_for(group[0], by, reason), deadlines.get(group[0].tier, deadline)
        moved += perform(group, Action.RETURN, by=actor, reason=reason, deadline=until)
    return moved


def _reviewed_together(bureaus: Sequence[Filing]) -> list[list[Filing]]:
    """From the top down; one by one where the project reviews one by one (S3-13)."""
    if not bureaus:
        return []
    rows = sorted(
        bureaus, key=lambda hop: (hop.parent.path if hop.parent else "", hop.tier, hop.path)
    )
    if Project.objects.get(pk=bureaus[0].project_id).approval == Approval.ONE_BY_ONE:
        return [[hop] for hop in rows]
    return [list(group) for _, group in groupby(rows, key=lambda hop: (hop.parent_id, hop.tier))]


def _way_down(filing: Filing, top: str) -> list[Filing]:
    """The filings from just below the actor down to `filing`."""
    above = read_branch([filing]).above(filing)
    between = [ancestor.pk for ancestor in above if len(ancestor.path) > len(top)]
    rows = Filing.objects.filter(pk__in=[*between, filing.pk]).select_related(
        "organization", "parent__organization"
    )
    return sorted(rows, key=lambda row: row.path)


def _actor_for(hop: Filing, by: Actor, reason: str) -> Actor:
    reviewer = hop.parent.organization if hop.parent else None
    if reviewer is None or (by.organization and reviewer.pk == by.organization.pk):
        return by
    return by.acting_for(reviewer, reason=reason)
