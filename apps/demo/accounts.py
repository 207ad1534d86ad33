"""The demo's accounts: one password for all, hashed once; none but `newcomer` is made to change it.

Invariant: after each load every account of the demo opens with `DEMO_PASSWORD` and stands where it is declared,
whatever visitors did to it before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.lockout import unlock
from apps.accounts.domain.passwords import ask_reset
from apps.accounts.domain.second_factor import forget_factors
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import Approval, User
from apps.accounts.models.roles import Permission, Role
from apps.organizations.models import Enterprise, Organization

from .fixtures import LATECOMERS, enterprises, institutions

BUREAUS = {
    "alliance": "0",
    "province42": "42",
    "city4201": "420100",
    "county420106": "420106",
    "province14": "14",
    "city1401": "140100",
}
SUB_ACCOUNT, SUB_ACCOUNT_OF = "sub4201", "city4201"
SUB_ACCOUNT_RIGHTS = (Permission.QUERY, Permission.REVIEW, Permission.EXPORT)
NEWCOMER = "newcomer"
FORGOTTEN = "province14"
"""Whose password was asked to be reset."""
ADMINISTRATORS = {"admin": Role.SYSTEM, "security": Role.SECURITY, "auditor": Role.AUDIT}
MAKERS_FROM, DISTRIBUTORS_FROM = "0", "42"
"""Who issues the enterprises' accounts: the alliance the manufacturers', Hubei the distributors'."""

KEPT = ("password", "must_change_password", "is_active")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of what `load_demo` prints."""

    username: str
    whom: str


@transaction.atomic
def load_accounts() -> list[Listed]:
    """Create or restore all accounts. Returns the ones that the demo names, in order."""
    declared = [*_of_bureaus(), *_of_institutions(), *_of_enterprises(), *_administrators()]
    _save(declared)
    main = User.objects.get(username=SUB_ACCOUNT_OF)
    _save([_sub_account(main)])
    named = [user for user in declared if user.username in _named()]
    everyone = [user.username for user in declared] + [SUB_ACCOUNT]
    unlock(everyone)
    accounts = list(User.objects.filter(username__in=everyone))
    forget_factors(accounts)
    User.objects.bulk_update(accounts, ["second_factor_at"])
    _ask_for_a_reset()
    listed = [Listed(user.username, _whom(user)) for user in named]
    return [*listed, Listed(SUB_ACCOUNT, f"{_whom(main)}的子账号")]


def _ask_for_a_reset() -> None:
    """One thing that takes two: the alliance decides it."""
    if not Approval.objects.exists():
        asker = User.objects.get(username="security")
        account = User.objects.get(username=FORGOTTEN)
        ask_reset(by=Actor.of(asker), account_id=account.pk, reason="经办员忘记密码，已电话核实。")


def _named() -> set[str]:
    names = {owner.account for owner in institutions()} | {owner.account for owner in enterprises()}
    return {*BUREAUS, *names, *ADMINISTRATORS} - {""}


def _whom(user: User) -> str:
    return str(user.organization or user.enterprise or user.get_role_display())


def _of_bureaus() -> Iterator[User]:
    """The named bureaus, and those who review what the demo's institutions have reported."""
    units = Organization.objects.bureaus().in_bulk(field_name="code")
    wanted = dict.fromkeys([*BUREAUS.values(), *_reviewers(units)])
    for code in wanted:
        yield User.for_organization(units[code], username_of(units[code]), name="医保经办员")


def _reviewers(units: dict[str, Organization]) -> Iterator[str]:
    """The bureaus above every demo institution."""
    for unit in institutions():
        yield from units[unit.parent].path.strip("/").split("/")


def _of_institutions() -> Iterator[User]:
    """Those with an account of the demo, and those that have reported something."""
    units = Organization.objects.institutions().in_bulk(
        [unit.code for unit in institutions()], field_name="code"
    )
    for planned in institutions():
        if planned.account or planned.stand or planned.code in LATECOMERS:
            unit = units[planned.code]
            username = planned.account or username_of(unit)
            user = User.for_organization(unit, username, name="采购经办员")
            user.must_change_password = planned.account == NEWCOMER
            yield user


def _of_enterprises() -> Iterator[User]:
    issuers = Organization.objects.in_bulk([MAKERS_FROM, DISTRIBUTORS_FROM], field_name="code")
    known = Enterprise.objects.in_bulk(
        [enterprise.uscc for enterprise in enterprises()], field_name="uscc"
    )
    for company in enterprises():
        if company.account:
            is_maker = company.account.startswith("maker")
            role = Role.MANUFACTURER if is_maker else Role.DISTRIBUTOR
            issuer = issuers[MAKERS_FROM if is_maker else DISTRIBUTORS_FROM]
            yield User.for_enterprise(
                known[company.uscc], role, issuer.path, username=company.account, name="企业经办员"
            )


def _administrators() -> Iterator[User]:
    """One of each of the three."""
    for username, role in ADMINISTRATORS.items():
        yield User(username=username, name=role.label, role=role, is_staff=True)


def _sub_account(main: User) -> User:
    return User(
        username=SUB_ACCOUNT,
        name="审核经办员",
        role=main.role,
        organization_id=main.organization_id,
        path=main.path,
        parent_account=main,
        permission_subset=[str(right) for right in SUB_ACCOUNT_RIGHTS],
    )


def _save(declared: Iterable[User]) -> None:
    """Insert who is missing; set back who is there."""
    declared = list(declared)
    there = {
        user.username: user
        for user in User.objects.filter(username__in=[user.username for user in declared])
    }
    password = _password(there.values())
    for user in declared:
        user.password = password
        user.must_change_password = user.username == NEWCOMER
    User.objects.bulk_create(user for user in declared if user.username not in there)
    for user in declared:
        if user.username in there:
            User.objects.filter(pk=there[user.username].pk).update(
                **{name: getattr(user, name) for name in KEPT}
            )


def _password(there: Iterable[User]) -> str:
    """The hash that the accounts already share while it still fits, so that nobody is signed out."""
    for known in {user.password for user in there if user.username != NEWCOMER}:
        if check_password(settings.DEMO_PASSWORD, known):
            return known
    return make_password(settings.DEMO_PASSWORD)
