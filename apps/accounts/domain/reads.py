"""Reads that span units and accounts: who has no account yet, who may give out one, whose account is in reach.

Invariant: what was withheld from a sub-account it doesn't get through another account either: it neither makes nor
changes nor resets one that holds such a right.
"""

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import IssueSheet, User
from apps.accounts.models.roles import GUARDED_ROLES, ROLE_PERMISSIONS, Permission, Role
from apps.jobs.models import Job
from apps.organizations.models import Enterprise, Organization, Tier

ISSUE = "accounts.issue"
"""The job that makes the accounts of a sheet."""


def issuable_units(issuer: User) -> QuerySet[Organization]:
    """Active units without an account that `issuer` gives accounts to: the alliance provinces, a province all below."""
    units: QuerySet[Organization] = Organization.objects.filter(is_active=True)
    if not issuer.has(Permission.MANAGE_ACCOUNTS):
        return units.none()
    if issuer.role == Role.ALLIANCE:
        units = units.filter(tier=Tier.PROVINCE)
    elif issuer.role == Role.PROVINCE:
        units = units.below(issuer.path)  # type: ignore[attr-defined]
    else:
        return units.none()
    main = User.objects.filter(organization=OuterRef("pk"), parent_account__isnull=True)
    return units.exclude(tier__in=roles_beyond(issuer)).exclude(Exists(main))


def issuable_enterprises(issuer: User) -> QuerySet[Enterprise]:
    """Enterprises without a manufacturer's account; only the alliance gives them one."""
    if issuer.role != Role.ALLIANCE or not issuer.has(Permission.MANAGE_ACCOUNTS):
        return Enterprise.objects.none()
    if Role.MANUFACTURER in roles_beyond(issuer):
        return Enterprise.objects.none()
    main = User.objects.filter(
        enterprise=OuterRef("pk"), role=Role.MANUFACTURER, parent_account__isnull=True
    )
    return Enterprise.objects.exclude(Exists(main))


def offered_winners(issuer: User) -> QuerySet[Enterprise]:
    """Of these the ones that won something: who else stands in the register delivers, or did not win.

    `projects` stands above this app, so its model is asked for by name.
    """
    winners: Any = apps.get_model("projects", "WinningProduct").objects
    won = winners.filter(enterprise=OuterRef("pk"))
    return issuable_enterprises(issuer).filter(Exists(won))


def being_issued(kind: str) -> list[int]:
    """Targets whose accounts a job is making now: nobody is offered them a second time."""
    jobs = Job.objects.filter(name=ISSUE).unfinished().values_list("params", flat=True)
    sheets = [params["sheet_id"] for params in jobs]
    if not sheets:
        return []
    asked = IssueSheet.objects.filter(pk__in=sheets, kind=kind, complete_at__isnull=True)
    return [target for ids in asked.values_list("target_ids", flat=True) for target in ids]


def withheld_from(user: User) -> frozenset[Permission]:
    """Rights of the main account that the sub-account was not given; a main account lacks none."""
    return ROLE_PERMISSIONS[user.role] - user.permissions


def roles_beyond(user: User) -> list[str]:
    """Roles whose accounts hold something that was withheld from the account."""
    withheld = withheld_from(user)
    return [role for role, held in ROLE_PERMISSIONS.items() if held & withheld]


def beyond_reach(user: User) -> Q:
    """The accounts that hold something that was withheld from the account."""
    withheld = sorted(withheld_from(user))
    wide = Q(role__in=roles_beyond(user), parent_account__isnull=True)
    return wide | Q(permission_subset__overlap=withheld)


def reaches(user: User, account: User) -> bool:
    """Whether the account holds nothing that was withheld from `user`."""
    return not account.permissions & withheld_from(user)


def subordinates_of(user: User) -> QuerySet[User]:
    """Accounts that hang strictly below the unit of `user`."""
    if user.organization_id is None:
        return User.objects.none()
    return User.objects.below(user.path).select_related("organization", "enterprise")


def resettable_by(user: User) -> QuerySet[User]:
    """Of these the ones that the account resets alone: in its reach, and needing no second person."""
    return subordinates_of(user).exclude(beyond_reach(user)).exclude(role__in=GUARDED_ROLES)


def sub_accounts_of(user: User) -> QuerySet[User]:
    return User.objects.filter(parent_account_id=user.pk)
