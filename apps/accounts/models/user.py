"""Accounts. Invariant: staff belong to no organisation, everyone else to exactly one organisation or enterprise."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.accounts.models.roles import (
    ENTERPRISE_ROLES,
    ORGANIZATION_ROLES,
    Permission,
    Role,
    permissions_of,
)
from apps.audit.domain.change_triggers import Told, tracked
from apps.organizations.models import Enterprise, Organization
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import ROOT, in_subtree

from .triggers import ends_sessions, ends_sessions_of_unit, keeps_passwords

ACCOUNT = "changed.name || '（' || changed.username || '）'"
"""SQL: how changes call an account."""

pgtrigger.register(ends_sessions_of_unit())(Organization)


class UserQuerySet(models.QuerySet["User"]):
    def main_accounts(self) -> "UserQuerySet":
        return self.filter(parent_account__isnull=True)

    def below(self, path: str) -> "UserQuerySet":
        """Accounts that hang strictly below `path`: whose passwords its holder may reset."""
        return self.filter(in_subtree(path)).exclude(path=path)


class ScopedUserManager(ScopedManager["User"], UserManager["User"]):  # type: ignore[misc]
    """Accounts within the scope. Units get their accounts from services; commands make administrators here."""

    use_in_migrations = False

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        """A platform administrator, as `manage.py createsuperuser` asks for."""
        user = self.model(
            username=username, role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True, **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


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
    second_factor_at = models.DateTimeField(
        "两步验证绑定时间", null=True, blank=True, editable=False
    )

    objects = ScopedUserManager.from_queryset(UserQuerySet)()  # type: ignore[misc]
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id")
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        triggers = [keeps_passwords(), ends_sessions()]
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
                condition=Q(is_staff=True, role=Role.ADMINISTRATOR)
                | Q(organization__isnull=False, role__in=ORGANIZATION_ROLES)
                | Q(enterprise__isnull=False, role__in=ENTERPRISE_ROLES),
            ),
            models.UniqueConstraint(Lower("username"), name="user_name_unique_in_any_case"),
            models.CheckConstraint(
                name="user_superuser_is_staff", condition=Q(is_superuser=False) | Q(is_staff=True)
            ),
            models.CheckConstraint(
                name="user_subset_only_for_sub_accounts",
                condition=Q(permission_subset__isnull=True) | Q(parent_account__isnull=False),
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
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.role, self.permission_subset)

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
