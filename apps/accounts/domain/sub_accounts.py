"""Sub-accounts: persons who act in the name of a main account's unit, with some of its rights.

Invariants: a sub-account never holds a right that its main account lacks, and one that is limited to projects none over
other accounts (the database holds both); it is never deleted, only disabled.
"""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.grants import grantable_projects, set_granted_projects
from apps.accounts.domain.handovers.acts import note_successor
from apps.accounts.domain.one_time import new_password
from apps.accounts.domain.passwords import own_account
from apps.accounts.domain.reads import sub_accounts_of
from apps.accounts.domain.usernames import next_sub_username
from apps.accounts.models import User
from apps.accounts.models.roles import ACCOUNT_RIGHTS, Permission
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record


class NotMainAccount(Exception):
    """Only the main account of a unit has sub-accounts."""


class RightsNotHeld(Exception):
    """The main account doesn't hold what it wants to pass on."""


class LimitedRight(Exception):
    """Who is limited to projects would reach beyond them through other accounts."""

    def __init__(self) -> None:
        super().__init__(LIMITED)


LIMITED = "仅限指定项目的子账号不能有“账号管理”“密码重置”权限：其他账号不限于这些项目。"


@transaction.atomic
def create_sub_account(
    *,
    by: Actor,
    name: str,
    phone: str,
    permissions: Iterable[str],
    project_ids: Iterable[int] | None,
) -> tuple[User, str]:
    """A sub-account and its one-time password. `project_ids` None: not limited to projects."""
    main = own_account(by)  # locked: two new ones at once get two numbers
    if not main.is_main_account:
        raise NotMainAccount
    names = list(sub_accounts_of(main).values_list("username", flat=True))
    password = new_password()
    account = User(
        username=next_sub_username(main.username, names),
        name=name,
        phone=phone,
        role=main.role,
        organization_id=main.organization_id,
        enterprise_id=main.enterprise_id,
        path=main.path,
        parent_account=main,
        password=make_password(password),
        password_changed_at=timezone.now(),
        issued_at=timezone.now(),
    )
    _give(account, main, permissions, project_ids)
    _record(
        by,
        account,
        "新增子账号",
        f"新增了子账号 {account.username}（{name}），权限：{_rights(account)}。",
    )
    return account, password


@transaction.atomic
def update_sub_account(
    *,
    by: Actor,
    account_id: int,
    name: str,
    phone: str,
    permissions: Iterable[str],
    project_ids: Iterable[int] | None,
    seen: Seen | None = None,
) -> User:
    """Change person, rights and projects; in force at the sub-account's next request. Raises `ChangedMeanwhile`."""
    main = own_account(by)
    account: User = (
        sub_accounts_of(main).select_for_update(of=("self",), no_key=True).get(pk=account_id)
    )
    require_seen(seen, account)
    if account.name and account.name != name:
        note_successor(by, account, name)
    account.name, account.phone = name, phone
    _give(account, main, permissions, project_ids)
    _record(
        by,
        account,
        "修改子账号",
        f"修改了子账号 {account.username}（{name}），权限：{_rights(account)}。",
    )
    return account


def _give(
    account: User, main: User, permissions: Iterable[str], project_ids: Iterable[int] | None
) -> None:
    subset = sorted(set(permissions))
    if not {Permission(code) for code in subset} <= main.permissions:
        raise RightsNotHeld
    if project_ids is not None and ACCOUNT_RIGHTS & set(subset):
        raise LimitedRight
    account.permission_subset = subset
    account.limited_to_projects = project_ids is not None
    account.save()
    wanted = frozenset(project_ids or ())
    visible = frozenset(grantable_projects().filter(pk__in=wanted).values_list("pk", flat=True))
    if visible != wanted:
        raise RightsNotHeld
    set_granted_projects(account, wanted)


def _rights(account: User) -> str:
    labels = [
        label for code, label in Permission.choices if code in (account.permission_subset or [])
    ]
    limited = "，仅限指定项目" if account.limited_to_projects else ""
    return ("、".join(labels) or "无") + limited


def _record(by: Actor, account: User, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=account.username,
        sentence=sentence,
        path=account.path,
        enterprise_id=account.enterprise_id,
    )
