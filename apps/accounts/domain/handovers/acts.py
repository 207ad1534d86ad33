"""经办人交接: another person gets the account, with a new name, telephone and one-time password.

Invariants: who had the account before can't get in any more; whatever was done before bears the old name; the own
account is given away by who has just proved to be its person.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import name_of
from apps.accounts.domain.passwords import (
    ResetTwice,
    give_password,
    locked_account,
    own_account,
    record_of,
)
from apps.accounts.domain.proofs import require_proof
from apps.accounts.models import Handover, User


@dataclass(frozen=True, slots=True)
class Successor:
    """Who gets the account."""

    name: str
    phone: str


class NobodyNew(Exception):
    """The account is this person's already."""


@transaction.atomic
def hand_over(
    *, by: Actor, account_id: int, successor: Successor, seen: datetime | None
) -> tuple[User, str]:
    """The account and the one-time password for its new person: the own account, or one that the actor may reset.

    `seen` is the account's `password_changed_at` on the page. Raises `ProofMissing` (own account), `NobodyNew`,
    `NotBelow`, `RightMissing`, `BeyondReach`, `ResetTwice`, `SecondPersonNeeded`.
    """
    is_own = by.user is not None and by.user.pk == account_id
    require_proof(by=by, asked=is_own)
    account = own_account(by) if is_own else locked_account(by, account_id)
    if account.password_changed_at != seen:
        raise ResetTwice
    if account.name == successor.name:
        raise NobodyNew
    before = note_successor(by, account, successor.name)
    account.name, account.phone = successor.name, successor.phone
    account.save(update_fields=["name", "phone", "handed_over_at"])
    password, lifted = give_password(by, account)
    sentence = (
        f"账号 {account.username} 由{before or '（未登记）'}交接给{successor.name}"
        f"，发放了新的一次性密码{lifted}。"
    )
    record_of(by, account, "经办人交接", sentence)
    return account, password


def note_successor(by: Actor, account: User, name: str) -> str:
    """Keep who had the account until now; the caller saves it with `handed_over_at`. Returns the name before."""
    before, account.handed_over_at = account.name, timezone.now()
    Handover.objects.create(
        account=account,
        at=account.handed_over_at,
        name_before=before,
        name_after=name,
        by_name=name_of(by) if by.user else by.name,
    )
    return before
