"""Passwords: changing one's own, resetting those below, opening shut accounts.

Invariant: a one-time password exists in the answer to its reset and nowhere else.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.domain import lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.one_time import new_password
from apps.accounts.domain.switching import follow_switch
from apps.accounts.models import IssuedPassword, User
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.scope.context import whole_country


class ResetTwice(Exception):
    """The password was reset or changed since the page was loaded: resetting again would void the new one."""


class NotBelow(Exception):
    """The account doesn't hang below the unit that wants to change it."""


class RightMissing(Exception):
    """The actor's account (a sub-account, say) lacks the right to the act."""


@transaction.atomic
def change_own_password(*, by: Actor, new: str) -> User:
    """Set the person's own, already validated password; other sessions of the account end."""
    account = own_account(by)
    account.set_password(new)
    account.must_change_password = False
    account.password_changed_at = timezone.now()
    with whole_country(reason="own account"):  # administrators stand nowhere
        account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _forget_issued(account)
    _record(by, account, "密码修改", "修改了自己的密码。")
    return account


@transaction.atomic
def reset_password(*, by: Actor, account_id: int, seen: datetime | None) -> str:
    """Give the account a one-time password, to be changed at the next login, and return it.

    `seen` is the account's `password_changed_at` on the page. Also lifts a lock and the two-step binding
    (a lost phone). Raises `NotBelow`, `RightMissing`, `ResetTwice`.
    """
    account = locked_account(by, account_id)
    if account.password_changed_at != seen:
        raise ResetTwice
    password = new_password()
    account.set_password(password)
    account.must_change_password = True
    account.password_changed_at = timezone.now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    TOTPDevice.objects.filter(user=account).delete()
    lockout.unlock([account.username])
    _forget_issued(account)
    _record(by, account, "重置密码", f"重置了账号 {account.username}（{account}）的密码。")
    return password


@transaction.atomic
def unlock_account(*, by: Actor, account_id: int) -> User:
    """Let somebody in again who failed too often. Raises `NotBelow`, `RightMissing`."""
    account = locked_account(by, account_id)
    lockout.unlock([account.username])
    _record(by, account, "解锁账号", f"解除了账号 {account.username}（{account}）的登录锁定。")
    return account


@transaction.atomic
def set_active(*, by: Actor, account_id: int, active: bool) -> User:
    """Enable or disable an account; a disabled one is out at its next request. Raises `NotBelow`, `RightMissing`."""
    account = locked_account(by, account_id, Permission.MANAGE_ACCOUNTS)
    if account.is_active == active:
        return account
    account.is_active = active
    account.save(update_fields=["is_active"])
    verb = "启用账号" if active else "停用账号"
    _record(by, account, verb, f"{verb[:2]}了账号 {account.username}（{account}）。")
    if account.parent_account_id is None:
        follow_switch(account, by=by)
    return account


def locked_account(
    by: Actor, account_id: int, right: Permission = Permission.RESET_PASSWORDS
) -> User:
    """The account, locked for the transaction: below the actor's unit, or a sub-account of the actor's.

    Raises `NotBelow`, `RightMissing`.
    """
    account: User = (
        User.objects.select_related("organization", "enterprise")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=account_id)
    )
    if not may_manage(by, account):
        raise NotBelow
    if not (is_own_or_staffs(by, account) or by.may(right)):
        raise RightMissing
    return account


def may_manage(by: Actor, account: User) -> bool:
    """Administrators manage all, a main account its sub-accounts, a bureau what hangs strictly below it."""
    if by.user is None or is_own_or_staffs(by, account):
        return True
    if by.organization is None:
        return False
    top = by.organization.path
    return account.path != top and account.path.startswith(top)


def is_own_or_staffs(by: Actor, account: User) -> bool:
    """Whether no right is needed: administrators manage all accounts, a main account its sub-accounts."""
    return by.user is not None and (by.user.is_staff or account.parent_account_id == by.user.pk)


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


def _record(by: Actor, account: User, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=account.username,
        sentence=sentence,
        path=account.log_path,
        enterprise_id=account.enterprise_id,
    )
