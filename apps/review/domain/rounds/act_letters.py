"""What units and the systems around them hear of an act on filings, in its own transaction.

Invariant: two statements at most, however many filings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.domain.events import Change
from apps.review.models.statuses import Action

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
