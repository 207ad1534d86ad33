"""What an act on filings does to the withdrawal requests that wait below or on them.

Invariant: a request is open only while its filing is submitted or approved and its reviewer may still answer.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project, Withdrawal
from apps.review.domain.events import Change
from apps.review.models import RequestState, WithdrawalRequest
from apps.review.models.statuses import FROZEN, Action
from apps.scope.paths import in_subtree


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
