"""Filling in another unit's name (代填授权): what is left of an account that does; an app above keeps the mandates.

Invariant: whoever acts so has that unit's rows of one project, and no right but to fill in, and to report where that
was given; what was withheld from the account itself it does not get so either.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.organizations.models import Organization
from apps.scope.context import Scope

FILLING = frozenset({Permission.QUERY, Permission.MAINTAIN})


def prefix_of(mandate: int) -> str:
    """How every address begins under which somebody acts by the mandate."""
    return f"/for/{mandate}/"


@dataclass(frozen=True, slots=True)
class Lent:
    """What a mandate lends an account: `organization` is in whose name it fills in, `subsystem` where of the rail."""

    pk: int
    organization: Organization
    project_id: int
    project_code: str
    project_name: str
    subsystem: str
    ends_at: datetime
    may_report: bool

    @property
    def prefix(self) -> str:
        """As of `prefix_of`."""
        return prefix_of(self.pk)

    @property
    def rights(self) -> frozenset[Permission]:
        return FILLING | {Permission.REPORT} if self.may_report else FILLING

    def account(self, user: User) -> User:
        """The account as the mandate has it: a copy that is never saved."""
        lent = copy(user)
        lent.permission_subset = sorted(user.permissions & self.rights)
        lent.organization, lent.path = self.organization, self.organization.path
        return lent

    def actor(self, user: User, *, arrived_at: datetime) -> Actor:
        unit = user.organization
        return replace(
            Actor.of(self.account(user), arrived_at=arrived_at), home=unit, mandate=self.pk
        )

    def scope(self, user: User) -> Scope:
        allowed = scope_of(user).project_ids
        named = frozenset({self.project_id})
        left = named if allowed is None else named & allowed
        return Scope(
            paths=(self.organization.path,), project_ids=left, reason=user.username, lent=True
        )


Finder = Callable[[User, int], Lent | None]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """`finder(user, pk)`: what the mandate lends the account now, `None` if it is not this account's or has ended."""
    if finder not in _finders:
        _finders.append(finder)


def lent_to(user: User, pk: int) -> Lent | None:
    """What the account may use of the mandate now."""
    found = (finder(user, pk) for finder in _finders)
    return next((lent for lent in found if lent is not None), None)
