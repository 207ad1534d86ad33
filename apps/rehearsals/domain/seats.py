"""Whose eyes the alliance may see a rehearsal with: every account of a unit or enterprise that the rehearsal has.

Invariant: what was withheld from a sub-account of the alliance it doesn't get by a seat either.
"""

from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.reads import withheld_from
from apps.accounts.domain.scopes import granted_projects
from apps.accounts.models import User
from apps.rehearsals.models import Rehearsal
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.scope.sandbox import within

from .making import may_rehearse
from .reads import find

SHOWN = 50


def seat_of(user: User, number: int, account: int) -> tuple[Rehearsal, User] | None:
    """The rehearsal and the account there, if this person may sit on it."""
    held = find(number)
    if held is None or not may_enter(user, held):
        return None
    with within(held.sandbox), whole_country(reason="a seat of a rehearsal is taken"):
        rows = User.objects.select_related("organization", "enterprise")
        found: User | None = rows.filter(pk=account, is_active=True, is_staff=False).first()
    if found is None:
        return None
    if withheld := withheld_from(user):
        found.permission_subset = sorted(found.permissions - withheld)  # in memory alone
    return held, found


def may_enter(user: User, held: Rehearsal) -> bool:
    """The alliance's accounts with the right to manage; one limited to projects, where this one is among them."""
    if not may_rehearse(Actor.of(user)):
        return False
    return not user.limited_to_projects or held.project_id in granted_projects(user)


def seats(held: Rehearsal, text: str = "") -> Sequence[User]:
    """Main accounts of the units that take part and of the bureaus above them, from the top; at most `SHOWN`."""
    with within(held.sandbox), whole_country(reason="seats of a rehearsal are listed"):
        filings = Filing.objects.filter(project_id=held.project_id)
        rows = User.objects.main_accounts().filter(
            is_active=True, organization__in=filings.values("organization")
        )
        if text:
            rows = rows.filter(organization__name__says=text)
        return list(rows.select_related("organization").order_by("path", "pk")[:SHOWN])
