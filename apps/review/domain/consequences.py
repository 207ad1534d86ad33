"""What follows an act on filings in its own transaction: requests that it overtakes, and who hears of it.

Invariants: a request for withdrawal is open only while its filing is submitted or approved and its reviewer may still
answer; two statements at most for either, however many filings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project, Withdrawal
from apps.review.domain.events import Change
from apps.review.models import RequestState, WithdrawalRequest
from apps.review.models.statuses import FROZEN, Action
from apps.scope.paths import in_subtree

HAPPENS: Mapping[Action, EventName] = {
    Action.SUBMIT: EventName.REPORTED,
    Action.WITHDRAW: EventName.WITHDRAWN,
    Action.APPROVE: EventName.APPROVED,
    Action.REPORT_FOR: EventName.APPROVED,
    Action.RETURN: EventName.RETURNED,
}
"""Of other acts a message of their own tells."""
FROM_ABOVE = frozenset({EventName.APPROVED, EventName.RETURNED})
"""What a unit hears of in its inbox: its own acts it knows."""


def settle_requests(
    project: Project, changes: Sequence[Change], *, action: Action, by: Actor, at: datetime
) -> None:
    """Close the requests that an act overtakes: at most two updates, none without the policy.

    A bureau that submits closes those below it as 上级已提交; a filing that its reviewer gives back closes its own.
    """
    if Withdrawal.ON_REQUEST not in {project.institution_withdrawal, project.bureau_withdrawal}:
        return
    freed = [c.filing.pk for c in changes if c.source in FROZEN and c.target not in FROZEN]
    if freed:
        state = RequestState.GRANTED if action == Action.GRANT else RequestState.RETURNED
        _close(project, Q(filing_id__in=freed), state, by=by, at=at)
    submitted = [
        c.filing
        for c in changes
        if c.target in FROZEN and c.source not in FROZEN and not c.filing.is_institution
    ]
    if submitted:
        below = Q()
        for filing in submitted:
            below |= in_subtree(filing.path, "filing__path") & ~Q(filing_id=filing.pk)
        _close(project, below, RequestState.OVERTAKEN, by=by, at=at)


def _close(project: Project, which: Q, state: RequestState, *, by: Actor, at: datetime) -> None:
    WithdrawalRequest.objects.filter(which, filing__project=project).open().update(
        state=state, closed_at=at, closed_by=by.user, closed_by_name=by.name
    )


def tell_units(
    project: Project,
    changes: Sequence[Change],
    *,
    action: Action,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    name = HAPPENS.get(action)
    if name is None:
        return
    happenings = [
        Happening(
            name,
            change.filing.path,
            project.pk,
            state=change.target,
            object_kind="filing",
            object_id=change.filing.pk,
            at=at,
        )
        for change in changes
    ]
    if name not in FROM_ABOVE:
        announce(happenings)
        return
    url = reverse("projects:project_detail", args=[project.code])
    body = f"“{project.name}”的申报{action.label}"
    why = f"，原因：{reason}" if reason else ""
    todo = "请更正后重新上报。" if name == EventName.RETURNED else ""
    letters = [
        Letter(
            path=happening.path,
            title=f"{action.label}：{project.name}",
            body=f"{body}{why}。{todo}",
            url=url,
            project_id=project.pk,
            happening=happening,
        )
        for happening in happenings
    ]
    send_letters(letters, kind=MessageKind.REVIEW, by=by)
