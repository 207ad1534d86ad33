"""Reads that span units and accounts: who has no account yet, and who may give out one."""

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.organizations.models import Enterprise, Organization, Tier


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
    return units.exclude(Exists(main))


def issuable_enterprises(issuer: User) -> QuerySet[Enterprise]:
    """Enterprises without a manufacturer's account; only the alliance gives them one."""
    if issuer.role != Role.ALLIANCE or not issuer.has(Permission.MANAGE_ACCOUNTS):
        return Enterprise.objects.none()
    main = User.objects.filter(
        enterprise=OuterRef("pk"), role=Role.MANUFACTURER, parent_account__isnull=True
    )
    return Enterprise.objects.exclude(Exists(main))


def subordinates_of(user: User) -> QuerySet[User]:
    """Accounts that hang strictly below the unit of `user`."""
    if user.organization_id is None:
        return User.objects.none()
    return User.objects.below(user.path).select_related("organization", "enterprise")


def sub_accounts_of(user: User) -> QuerySet[User]:
    return User.objects.filter(parent_account_id=user.pk)
