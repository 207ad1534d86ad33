"""Accounts.

Invariants, by the database: administrators belong to no unit, everyone else to exactly one unit or enterprise; role and
path are the unit's, an enterprise's path tells who issued the account; a sub-account is in all of this its main
account's, and holds no right that the role has not.
"""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat, Lower

from apps.accounts.models.account_triggers import (
    main_accounts_lead,
    resets_need_two,
    stands_with_its_unit,
)
from apps.accounts.models.roles import (
    ACCOUNT_RIGHTS,
    ADMINISTRATOR_ROLES,
    ENTERPRISE_ROLES,
    GUARDED_ROLES,
    ORGANIZATION_ROLES,
    ROLE_PERMISSIONS,
    Permission,
    Role,
)
from apps.audit.domain.change_triggers import Told, tracked
from apps.organizations.models import Enterprise, Organization
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import ROOT, in_subtree

from .triggers import ends_identities, ends_sessions, ends_sessions_of_unit, keeps_passwords

ACCOUNT = "changed.name || '（' || changed.username || '）'"
"""SQL: how changes call an account."""

pgtrigger.register(ends_sessions_of_unit())(Organization)

PROVINCIAL = rf"^{ROOT}[0-9A-Z-]+/E[0-9]+/$"
"""Paths of enterprises' accounts that provinces issued."""

_TEXT = TextField()
_OWN_END = (Value("E"), Cast(F("enterprise"), _TEXT), Value("/"))
_FITS_ROLE = Q()
for _role, _held in ROLE_PERMISSIONS.items():
    _FITS_ROLE |= Q(role=_role, permission_subset__contained_by=sorted(_held))


class UserQuerySet(models.QuerySet["User"]):
    def main_accounts(self) -> "UserQuerySet":
        return self.filter(parent_account__isnull=True)

    def below(self, path: str) -> "UserQuerySet":
        """Accounts that hang strictly below `path`: whose passwords its holder may reset."""
        return self.filter(in_subtree(path)).exclude(path=path)


class ScopedUserManager(ScopedManager["User"], UserManager["User"]):  # type: ignore[misc]
    """Accounts within the scope. Units get their accounts from services, the platform its administrators too."""

    use_in_migrations = False


@tracked(Told(ACCOUNT, path="COALESCE(NULLIF(changed.path, ''), '/0/')"))
class User(AbstractUser):
    """A person's account; acts in the name of its organisation or enterprise."""

    first_name = last_name = email = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=50, blank=True)
    phone = models.CharField("手机", max_length=30, blank=True)
    role = models.CharField("角色", max_length=15, choices=Role.choices)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    path = models.CharField(
        "所属路径", max_length=200, blank=True, db_collation="C", editable=False
    )
    parent_account = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sub_accounts",
        verbose_name="主账号",
    )
    permission_subset = ArrayField(
        models.CharField(max_length=20, choices=Permission.choices),
        null=True,
        blank=True,
        verbose_name="权限子集",
    )
    limited_to_projects = models.BooleanField("仅限指定项目", default=False)
    must_change_password = models.BooleanField("须修改密码", default=True)
    password_changed_at = models.DateTimeField(
        "密码修改时间", null=True, blank=True, editable=False
    )
    issued_at = models.DateTimeField("发放时间", null=True, blank=True, editable=False)
    password_reset_at = models.DateTimeField(
        "上级重置密码时间", null=True, blank=True, editable=False
    )
    password_reset_by = models.CharField(
        "上级重置密码人", max_length=200, blank=True, default="", db_default="", editable=False
    )
    password_reset_from = models.CharField(
        "重置密码单位路径", max_length=200, blank=True, default="", db_default="", editable=False
    )
    handed_over_at = models.DateTimeField("交接时间", null=True, blank=True, editable=False)
    second_factor_at = models.DateTimeField(
        "两步验证绑定时间", null=True, blank=True, editable=False
    )

    objects = ScopedUserManager.from_queryset(UserQuerySet)()  # type: ignore[misc]
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id")
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        triggers = [
            keeps_passwords(),
            ends_sessions(),
            ends_identities(),
            stands_with_its_unit(),
            main_accounts_lead(),
            resets_need_two(),
        ]
        indexes = [models.Index(fields=["path", "username"], name="user_by_path")]
        constraints = [
            models.CheckConstraint(
                name="user_belongs_to_exactly_one",
                condition=Q(is_staff=True, organization__isnull=True, enterprise__isnull=True)
                | Q(is_staff=False, organization__isnull=False, enterprise__isnull=True)
                | Q(is_staff=False, organization__isnull=True, enterprise__isnull=False),
            ),
            models.CheckConstraint(
                name="user_role_matches_belonging",
                condition=Q(is_staff=True, role__in=ADMINISTRATOR_ROLES, path="")
                | Q(organization__isnull=False, role__in=ORGANIZATION_ROLES)
                | Q(enterprise__isnull=False, role__in=ENTERPRISE_ROLES),
            ),
            models.UniqueConstraint(Lower("username"), name="user_name_unique_in_any_case"),
            models.CheckConstraint(
                name="user_nobody_is_superuser", condition=Q(is_superuser=False)
            ),
            models.CheckConstraint(
                name="user_path_tells_the_issuer",
                condition=Q(enterprise__isnull=True)
                | Q(role=Role.MANUFACTURER, path=Concat(Value(ROOT), *_OWN_END, output_field=_TEXT))
                | Q(
                    role=Role.DISTRIBUTOR,
                    path__regex=PROVINCIAL,
                    path__endswith=Concat(Value("/"), *_OWN_END, output_field=_TEXT),
                ),
            ),
            models.CheckConstraint(
                name="user_subset_within_the_role",
                condition=Q(permission_subset__isnull=True) | _FITS_ROLE,
            ),
            models.CheckConstraint(
                name="user_limited_is_a_sub_account",
                condition=Q(limited_to_projects=False) | Q(parent_account__isnull=False),
            ),
            models.CheckConstraint(
                name="user_limited_keeps_off_accounts",
                condition=Q(limited_to_projects=False)
                | ~Q(permission_subset__overlap=sorted(ACCOUNT_RIGHTS)),
            ),
            models.CheckConstraint(
                name="user_administrators_have_no_sub_accounts",
                condition=Q(is_staff=False) | Q(parent_account__isnull=True),
            ),
            models.CheckConstraint(
                name="user_reset_by_somebody",
                condition=Q(password_reset_at__isnull=True, password_reset_by="")
                | Q(password_reset_at__isnull=False) & ~Q(password_reset_by=""),
            ),
            models.CheckConstraint(
                name="user_subset_of_every_sub_account",
                condition=Q(permission_subset__isnull=True, parent_account__isnull=True)
                | Q(permission_subset__isnull=False, parent_account__isnull=False),
            ),
            models.UniqueConstraint(
                name="user_one_main_account_per_organization",
                fields=["organization"],
                condition=Q(parent_account__isnull=True),
            ),
            models.UniqueConstraint(
                name="user_one_main_account_per_enterprise_and_issuer",
                fields=["path"],
                condition=Q(parent_account__isnull=True, enterprise__isnull=False),
            ),
        ]

    home: Organization | None = None
    """Of an account that acts for a unit that merged into its own (`standing_in`): its own; never saved."""

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username

    @property
    def log_path(self) -> str:
        """Where the log keeps what happens to the account; staff stand at the root."""
        return self.path or ROOT

    @property
    def is_main_account(self) -> bool:
        """Whether the account is its unit's own, neither a sub-account nor staff."""
        return self.parent_account_id is None and not self.is_staff

    @property
    def is_guarded(self) -> bool:
        """Whether nobody but its own main account resets its password alone."""
        return self.role in GUARDED_ROLES

    @property
    def permissions(self) -> frozenset[Permission]:
        """The role's, narrowed to its subset for a sub-account."""
        held, subset = ROLE_PERMISSIONS[self.role], self.permission_subset
        return held if subset is None else held & frozenset(Permission(code) for code in subset)

    def has(self, permission: Permission) -> bool:
        """Whether the account's role, narrowed by its subset, holds the kind of act."""
        return permission in self.permissions

    def belongs_to(self) -> Organization | Enterprise | None:
        """The unit that the account acts for; `None` for staff."""
        return self.organization or self.enterprise

    @classmethod
    def for_organization(cls, organization: Organization, username: str, **fields: Any) -> "User":
        """A new, unsaved main account of a unit; its role follows the unit's tier."""
        return cls(
            username=username,
            organization=organization,
            role=Role(organization.tier),
            path=organization.path,
            **fields,
        )

    @classmethod
    def for_enterprise(
        cls, enterprise: Enterprise, role: Role, issuer_path: str, **fields: Any
    ) -> "User":
        """A new, unsaved account of an enterprise, hung below the unit that issues it."""
        return cls(
            enterprise=enterprise, role=role, path=f"{issuer_path}E{enterprise.pk}/", **fields
        )
