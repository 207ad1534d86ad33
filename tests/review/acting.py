"""Acting as a person in tests of the chain."""

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import enter


def act(action: Action, person: User, *filings: Filing, **options: object) -> list[Filing]:
    """What the person does, within what the person may see."""
    with enter(scope_of(person)):
        return perform(filings, action, by=Actor.of(person), **options)  # type: ignore[arg-type]


def status_of(filing: Filing) -> str:
    filing.refresh_from_db()
    return filing.status
