"""Who sees telephone numbers of others in full (docs/security/personal-data.md).

Invariant: a list or a file shows a number in full to the bureau directly above alone, if the account may review or
issue accounts; to everybody else it is shortened. Such a bureau may look a number of its area up, one at a time, and
the log says so.
"""

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import record
from apps.organizations.domain.phones import masked
from apps.organizations.models import Organization
from apps.scope.paths import parent_path

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)


class MayNotCall(Exception):
    """The account has nobody to call."""


def may_call(user: User) -> bool:
    """Whether the account reviews or issues accounts, and so calls units of its area."""
    rights = (Permission.REVIEW, Permission.MANAGE_ACCOUNTS)
    return user.role in BUREAUS and any(user.has(right) for right in rights)


def caller_of(user: User) -> str:
    """The place from which the account calls; empty for who has nobody to call. What exports are told."""
    return user.path if may_call(user) else ""


def number_for(caller: str, path: str, phone: str) -> str:
    """The number of somebody at `path`: in full to the bureau directly above."""
    return phone if caller and parent_path(path) == caller else masked(phone)


@transaction.atomic
def look_up(*, by: Actor, of: Organization | User) -> str:
    """One number in full. Raises `MayNotCall`."""
    if by.user is None or not may_call(by.user):
        raise MayNotCall
    named = of.name if isinstance(of, Organization) else f"账号 {of.username}（{of.belongs_to()}）"
    record(
        by=by,
        verb="查看电话",
        object=str(named)[:200],
        sentence=f"查看了{named}的完整电话号码。",
        path=of.path,
        enterprise_id=getattr(of, "enterprise_id", None),
    )
    return of.phone
