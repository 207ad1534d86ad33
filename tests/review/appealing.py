"""Appeals as tests make them: a return that came back to the hospital, and what people do about it."""

from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.projects.models import Correction, Project
from apps.review.domain.appeals.acts import (
    answer_appeal,
    file_appeal,
    link_correction,
    withdraw_appeal,
)
from apps.review.domain.appeals.matters import find_matter
from apps.review.models import Appeal, AppealState, Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter
from tests.review.acting import act


def returned(filing: Filing, clerk: User, reviewer: User, reason: str = "数量有误") -> FilingEvent:
    """The filing was reported and given back; the event of the return."""
    act(Action.SUBMIT, clerk, filing)
    act(Action.RETURN, reviewer, filing, reason=reason)
    return FilingEvent.objects.filter(filing=filing, action=Action.RETURN).latest("pk")


def appealed(project: Project, person: User, key: int, what: str = "event", **more: Any) -> Appeal:
    """An appeal by somebody against what is theirs."""
    with enter(scope_of(person)):
        by = Actor.of(person)
        matter = find_matter(project, by, what, key)
        assert matter is not None
        told = {"text": "数量属实，有进货单", "paper": None, **more}
        return file_appeal(project=project, what=what, key=key, matter=matter, by=by, **told)


def answered(
    appeal: Appeal,
    person: User,
    state: AppealState = AppealState.UPHELD,
    correction: Correction | None = None,
) -> Appeal:
    with enter(scope_of(person)):
        by = Actor.of(person)
        return answer_appeal(appeal, state=state, answer="核实无误", by=by, correction=correction)


def taken_back(appeal: Appeal, person: User) -> Appeal:
    with enter(scope_of(person)):
        return withdraw_appeal(appeal, by=Actor.of(person))


def linked(appeal: Appeal, person: User, correction: Correction) -> Appeal:
    with enter(scope_of(person)):
        return link_correction(appeal, correction=correction, by=Actor.of(person))


def correction_in(project: Project, number: int = 1) -> Correction:
    """Somebody has put something right."""
    change = {"name": "品规", "label": "规格", "old": "旧", "new": "新"}
    made: Correction = Correction.objects.create(
        project=project, number=number, reason="有误", changes=[change], file_name="据.pdf"
    )
    return made
