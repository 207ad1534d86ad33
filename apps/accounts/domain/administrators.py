"""Administrators, separated in three (三员分立): made from the command line, or by two of them.

Invariants: none of them decides anything of the business, none holds two of the three (the role is one column), none is
Django's superuser. One asks for a new administrator and hands out its password, another approves.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.domain import approvals
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import ApprovalRefused, Case, Matter, register_case
from apps.accounts.domain.one_time import new_password
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import Approval, ApprovalKind, User
from apps.accounts.models.roles import ADMINISTRATOR_ROLES, Role
from apps.audit.services import record
from apps.folding.domain.folding import folded
from apps.organizations.models import Organization
from apps.scope.paths import ROOT

KEEPERS = (Role.SYSTEM, Role.SECURITY)
"""Who asks for administrators, and decides about them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who shall be an administrator, and which."""

    role: str
    username: str
    name: str
    phone: str = ""


class NotAdministrator(Exception):
    """Only administrators make administrators."""


class AllianceHasAccount(Exception):
    """The first account of the alliance is there, or the tree isn't."""


@transaction.atomic
def create_administrator(*, by: Actor, candidate: Candidate) -> tuple[User, str]:
    """An administrator and the one-time password: by the command line alone, or as `carry_out_administrator`.

    Raises `NotAdministrator`.
    """
    if by.user is not None or candidate.role not in ADMINISTRATOR_ROLES:
        raise NotAdministrator
    return _created(by, candidate)


def _created(by: Actor, candidate: Candidate) -> tuple[User, str]:
    password = new_password()
    account = User.objects.create(
        username=candidate.username,
        name=candidate.name,
        phone=candidate.phone,
        role=candidate.role,
        is_staff=True,
        password=make_password(password),
        password_changed_at=timezone.now(),
        issued_at=timezone.now(),
    )
    sentence = f"新增了{account.get_role_display()} {account.username}（{account.name}）。"
    record(
        by=by, verb="新增管理员", object=account.username, sentence=sentence, path=account.log_path
    )
    return account, password


@transaction.atomic
def create_alliance_account(*, by: Actor, name: str) -> tuple[User, str]:
    """The account that issues all others, and its one-time password: by the command line alone.

    Raises `NotAdministrator`, `AllianceHasAccount`.
    """
    if by.user is not None:
        raise NotAdministrator
    root = Organization.objects.select_for_update(of=("self",)).filter(path=ROOT).first()
    if root is None:
        raise AllianceHasAccount("还没有机构，请先运行 manage.py load_divisions。")
    if User.objects.main_accounts().filter(organization=root).exists():
        raise AllianceHasAccount("联采办已有账号；忘记密码时请由安全管理员重置。")
    password, now = new_password(), timezone.now()
    account = User.for_organization(root, username_of(root), name=name, issued_at=now)
    account.password, account.password_changed_at = make_password(password), now
    account.save()
    sentence = f"发放了账号 {account.username}（{root.name}）。"
    record(
        by=by, verb="发放账号", object=account.username, sentence=sentence, path=account.log_path
    )
    return account, password


@transaction.atomic
def ask_administrator(*, by: Actor, candidate: Candidate) -> Approval:
    """Ask for a new administrator. Raises `NotAdministrator`, `ApprovalRefused`."""
    _require_keeper(by)
    label = Role(candidate.role).label
    matter = Matter(
        ApprovalKind.ADMINISTRATOR,
        subject_id=0,
        path=ROOT,
        title=f"新增{label} {candidate.username}（{candidate.name}）",
        content={
            "role": candidate.role,
            "username": candidate.username,
            "name": candidate.name,
            "phone": candidate.phone,
        },
    )
    return approvals.ask(by=by, matter=matter)


@transaction.atomic
def carry_out_administrator(*, by: Actor, pk: int) -> tuple[User, str]:
    """Make who was asked for and approved. Raises `NotAdministrator`, `ApprovalRefused`."""
    _require_keeper(by)
    asked = approvals.spend_one(by=by, pk=pk, kind=ApprovalKind.ADMINISTRATOR)
    candidate = Candidate(**asked.content)
    alike = User.objects.annotate(key=Lower("username")).filter(key=folded(candidate.username))
    if alike.exists():
        raise ApprovalRefused(f"用户名 {candidate.username} 已被使用，没有新增。请重新申请。")
    return _created(by, candidate)


def _require_keeper(by: Actor) -> None:
    if by.user is None or by.user.role not in KEEPERS:
        raise NotAdministrator


register_case(ApprovalKind.ADMINISTRATOR, Case(lambda _asked, user: user.role in KEEPERS))
