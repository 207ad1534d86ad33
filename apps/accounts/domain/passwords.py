"""Passwords: changing one's own, resetting those below, opening shut accounts.

Invariants: a one-time password exists in the answer to its reset and nowhere else; that of the alliance, a province or
an administrator is asked for by one person and approved by another; whoever resets for a unit below leaves a mark.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.accounts.domain import approvals, lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import Case, Matter, register_case
from apps.accounts.domain.one_time import new_password
from apps.accounts.domain.reads import reaches
from apps.accounts.domain.reset_marks import mark_reset, tell_reset
from apps.accounts.domain.second_factor import forget_factors
from apps.accounts.domain.switching import follow_switch
from apps.accounts.models import Approval, ApprovalKind, IssuedPassword, User
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import record
from apps.scope.context import whole_country


class ResetTwice(Exception):
    """The password was reset or changed since the page was loaded: resetting again would void the new one."""


class NotBelow(Exception):
    """The account doesn't hang below the unit that wants to change it."""


class RightMissing(Exception):
    """The actor's account (a sub-account, say) lacks the right to the act."""


class BeyondReach(PermissionDenied):
    """The account holds rights that were withheld from the sub-account that wants to change it."""

    def __init__(self) -> None:
        super().__init__(BEYOND)


class SecondPersonNeeded(Exception):
    """The password of such an account is reset only after another person approved it."""

    def __init__(self) -> None:
        super().__init__("重置联采办、省医保和管理员的密码须先申请，并由另一人批准。")


BEYOND = "这个账号的权限超出您的子账号，不能由您重置、启用或禁用。请由本单位主账号办理。"
DECIDERS = (Role.SYSTEM, Role.SECURITY)


@transaction.atomic
def change_own_password(*, by: Actor, new: str) -> User:
    """Set the person's own, already validated password; other sessions of the account end."""
    account = own_account(by)
    account.set_password(new)
    account.must_change_password = False
    account.password_changed_at = timezone.now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _forget_issued(account)
    record_of(by, account, "密码修改", "修改了自己的密码。")
    return account


@transaction.atomic
def reset_password(*, by: Actor, account_id: int, seen: datetime | None) -> str:
    """Give the account a one-time password, to be changed at the next login, and return it.

    `seen` is the account's `password_changed_at` on the page. Also lifts a lock and the two-step binding
    (a lost phone). Raises `NotBelow`, `RightMissing`, `BeyondReach`, `ResetTwice`, `SecondPersonNeeded`.
    """
    account = locked_account(by, account_id)
    if account.password_changed_at != seen:
        raise ResetTwice
    password, lifted = give_password(by, account)
    sentence = f"重置了账号 {account.username}（{account}）的密码{lifted}。"
    record_of(by, account, "重置密码", sentence)
    return password


def give_password(by: Actor, account: User) -> tuple[str, str]:
    """A one-time password for an account that is locked, and what was lifted with it in words; writes no log.

    Who does it to the own account leaves no mark. Raises `SecondPersonNeeded`.
    """
    password = new_password()
    account.set_password(password)
    if needs_second_person(by, account):
        kind, on = ApprovalKind.RESET, account.password
        if not approvals.spend(by=by, kind=kind, subject_id=account.pk, on=on):
            raise SecondPersonNeeded
    account.must_change_password = True
    account.password_changed_at = timezone.now()
    lifted = "，并解除了两步验证" if forget_factors([account]) else ""
    others = [account] if by.user is None or by.user.pk != account.pk else []
    marked = mark_reset(others, by=by)
    account.save(
        update_fields=[
            "password", "must_change_password", "password_changed_at", "second_factor_at", *marked
        ]
    )  # fmt: skip
    tell_reset(others, by=by)
    lockout.unlock([account.username])
    _forget_issued(account)
    return password, lifted


def needs_second_person(by: Actor, account: User) -> bool:
    """The alliance's, a province's, an administrator's; a main account resets its own sub-accounts alone."""
    return account.is_guarded and by.user is not None and not _is_own(by.user, account)


def must_ask_first(by: Actor, account: User) -> bool:
    """Whether a reset needs a second person, and none has approved it yet."""
    return needs_second_person(by, account) and not approvals.is_ready(
        by=by, kind=ApprovalKind.RESET, subject_id=account.pk
    )


@transaction.atomic
def ask_reset(*, by: Actor, account_id: int, reason: str = "") -> Approval:
    """Ask for the reset of a guarded password. Raises `NotBelow`, `RightMissing`, `BeyondReach`, `ApprovalRefused`."""
    account = locked_account(by, account_id)
    whose = account.belongs_to() or account.get_role_display()
    matter = Matter(
        ApprovalKind.RESET,
        account.pk,
        account.log_path,
        f"重置账号 {account.username}（{whose}）的密码",
        content={"username": account.username},
        reason=reason,
    )
    return approvals.ask(by=by, matter=matter)


def _may_decide_reset(asked: Approval, user: User) -> bool:
    """Administrators of system and accounts; of a province's the alliance as well."""
    if user.role in DECIDERS:
        return user.pk != asked.subject_id
    is_above = user.role == Role.ALLIANCE and user.has(Permission.RESET_PASSWORDS)
    return is_above and asked.path != user.path


def _place(asked: Approval) -> str:
    query = urlencode({"account": asked.content["username"]})
    return f"{reverse('accounts:subordinate_list')}?{query}"


register_case(ApprovalKind.RESET, Case(_may_decide_reset, place=_place))


@transaction.atomic
def unlock_account(*, by: Actor, account_id: int) -> User:
    """Let somebody in again who failed too often. Raises `NotBelow`, `RightMissing`, `BeyondReach`."""
    account = locked_account(by, account_id)
    lockout.unlock([account.username])
    record_of(by, account, "解锁账号", f"解除了账号 {account.username}（{account}）的登录锁定。")
    return account


@transaction.atomic
def set_active(*, by: Actor, account_id: int, active: bool) -> User:
    """Enable or disable an account; a disabled one is out at its next request.

    Raises `NotBelow`, `RightMissing`, `BeyondReach`.
    """
    account = locked_account(by, account_id, Permission.MANAGE_ACCOUNTS)
    if account.is_active == active:
        return account
    account.is_active = active
    account.save(update_fields=["is_active"])
    verb = "启用账号" if active else "禁用账号"
    record_of(by, account, verb, f"{verb[:2]}了账号 {account.username}（{account}）。")
    if account.parent_account_id is None:
        follow_switch(account, by=by)
    return account


def locked_account(
    by: Actor, account_id: int, right: Permission = Permission.RESET_PASSWORDS
) -> User:
    """The account, locked for the transaction: below the actor's unit, or a sub-account of the actor's.

    Raises `NotBelow`, `RightMissing`, `BeyondReach`.
    """
    account: User = (
        User.objects.select_related("organization", "enterprise")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=account_id)
    )
    if not may_manage(by, account):
        raise NotBelow
    if by.user is None or keeps(by.user, account):
        return account
    if not by.may(right):
        raise RightMissing
    if not reaches(by.user, account):
        raise BeyondReach
    return account


def may_manage(by: Actor, account: User) -> bool:
    """安全管理员 manage all, a main account its sub-accounts, a bureau what hangs strictly below it."""
    if by.user is None or keeps(by.user, account):
        return True
    if by.organization is None:
        return False
    top = by.organization.path
    return account.path != top and account.path.startswith(top)


def keeps(user: User, account: User) -> bool:
    """Whether no right is needed: 安全管理员 keep all accounts, a main account its sub-accounts."""
    return user.role == Role.SECURITY or _is_own(user, account)


def _is_own(user: User, account: User) -> bool:
    return account.parent_account_id == user.pk


def own_account(by: Actor) -> User:
    """The person's own account, locked; administrators stand in no scope but have one."""
    if by.user is None:
        raise NotBelow
    with whole_country(reason="own account"):
        return User.objects.select_for_update(no_key=True).get(pk=by.user.pk)


def _forget_issued(account: User) -> None:
    """A sheet that nobody has taken must not hold a password that no longer fits."""
    with whole_country(reason="sheets lie with units above"):
        IssuedPassword.objects.filter(account=account).delete()


def record_of(by: Actor, account: User, verb: str, sentence: str) -> None:
    """What was done to an account, in the log where the account stands."""
    record(
        by=by,
        verb=verb,
        object=account.username,
        sentence=sentence,
        path=account.log_path,
        enterprise_id=account.enterprise_id,
    )
