"""A province's distributors and the accounts issued to them (S4-06…S4-43).

Invariants: an enterprise is a distributor of a province at most once; it has a user exactly from issue on, and an
issued one is never deleted; who is known elsewhere is issued only when it was confirmed; a four-digit sequence number
is given out once in the life of a province.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from apps.audit.domain.change_triggers import Told, named, tracked
from apps.distribution.models.distributor_triggers import known_are_confirmed
from apps.distribution.models.usernames import LAST_NUMBER
from apps.organizations.models import Enterprise, Organization
from apps.scope.managers import ScopedManager, ScopeLookups


class DistributorAccountQuerySet(models.QuerySet["DistributorAccount"]):
    def issued(self) -> "DistributorAccountQuerySet":
        """Those with a user; the others are not usable yet (S4-36)."""
        return self.filter(user__isnull=False)

    def unissued(self) -> "DistributorAccountQuerySet":
        return self.filter(user__isnull=True)

    def usable(self) -> "DistributorAccountQuerySet":
        """Issued and not disabled: who can be chosen to deliver."""
        return self.filter(user__is_active=True)


@tracked(Told(named("organizations_enterprise", "enterprise_id"), path="changed.path"))
class DistributorAccount(models.Model):
    """An enterprise as a distributor of one province; `path` hangs below the province, as its user's does."""

    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份", db_index=False
    )
    path = models.CharField("路径", max_length=200, unique=True, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    provincial_account = models.CharField("省平台账号", max_length=30, blank=True)
    legal_representative = models.CharField("法人", max_length=50)
    authorized_person = models.CharField("被授权人", max_length=50)
    phone = models.CharField("联系电话", max_length=30)
    address = models.CharField("通信地址", max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField("添加时间", auto_now_add=True)
    issued_at = models.DateTimeField("发放时间", null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发放人",
        editable=False,
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="配送企业用户",
        editable=False,
    )

    objects = ScopedManager.from_queryset(DistributorAccountQuerySet)()
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "配送企业"
        default_permissions = ()
        indexes = [
            models.Index(fields=["province", "-id"], name="distributor_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="distributor_once_per_province", fields=["province", "enterprise"]
            ),
            models.UniqueConstraint(
                "province",
                Upper("provincial_account"),
                name="distributor_provincial_account_once",
                condition=~Q(provincial_account=""),
            ),
            models.CheckConstraint(
                name="distributor_issued_means_user",
                condition=Q(issued_at__isnull=True, issued_by__isnull=True, user__isnull=True)
                | Q(issued_at__isnull=False, issued_by__isnull=False, user__isnull=False),
            ),
        ]
        triggers = [
            known_are_confirmed(),
            pgtrigger.Protect(
                name="issued_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.enterprise)

    @property
    def is_issued(self) -> bool:
        return self.user_id is not None

    @property
    def issued_in_words(self) -> str:
        """Use with `with_confirmation`."""
        if self.is_issued:
            return "是"
        if self.is_being_issued:  # type: ignore[attr-defined]
            return "发放中"
        return "待确认" if self.is_asked else "已确认，待发放" if self.is_confirmed else "否"  # type: ignore[attr-defined]

    @classmethod
    def at(
        cls, province: Organization, enterprise: Enterprise, **fields: Any
    ) -> "DistributorAccount":
        """A new, unsaved distributor of a province."""
        path = f"{province.path}E{enterprise.pk}/"
        return cls(province=province, enterprise=enterprise, path=path, **fields)


class UsernameSequence(models.Model):
    """The last four-digit number that a province has given out in a username (S4-32); locked by who takes more."""

    province = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="+", verbose_name="省份"
    )
    last = models.PositiveIntegerField("最后顺序号", default=0)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="province__path")

    class Meta:
        verbose_name = verbose_name_plural = "配送企业用户名顺序号"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="username_sequence_has_four_digits", condition=Q(last__lte=LAST_NUMBER)
            )
        ]

    def __str__(self) -> str:
        return f"{self.province_id}: {self.last:04d}"
