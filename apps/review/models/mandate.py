"""代填授权: an institution lets a named account of another institution fill in for it, in one project.

Invariants: what has ended never lives again; it ends with the account or either unit that is shut, with the account's
handover or reset, and with its date, whoever did that (`mandate_triggers`).
"""

from datetime import datetime
from typing import Any, ClassVar, NamedTuple

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.models.mandate_triggers import ends_mandates, ends_mandates_of_unit
from apps.scope.conditions import PathInScope, ProjectInScope
from apps.scope.managers import ScopedManager, ScopeLookups

pgtrigger.register(ends_mandates())(User)
pgtrigger.register(ends_mandates_of_unit())(Organization)

OVER = "到期"


class Standing(NamedTuple):
    """A status pill."""

    label: str
    tone: str


def _shown() -> Q:
    """Where the unit stands that lends, and where the account stands."""
    lender: Any = PathInScope("path")
    holder: Any = PathInScope("holder_path", own=True)
    project: Any = ProjectInScope("project_id")
    return (Q(lender) | Q(holder)) & Q(project)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def live(self) -> "MandateQuerySet":
        """Those under which somebody may act now."""
        return self.filter(ended_at__isnull=True, ends_at__gt=timezone.now())

    def of_project(self, project: Project) -> "MandateQuerySet":
        return self.filter(project=project)


class Mandate(models.Model):
    """`organization` is in whose name `account` fills in; `path` and `holder_path` are where both stand.

    `used_on`: the last day on which something was filled in under it.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="授权机构"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="被授权账号"
    )
    holder_path = models.CharField("被授权账号路径", max_length=200, db_collation="C")
    may_report = models.BooleanField("可以上报", default=False)
    granted_at = models.DateTimeField("授权时间")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_by_name = models.CharField("授权人", max_length=150)
    ends_at = models.DateTimeField("授权截止")
    ended_at = models.DateTimeField("终止时间", null=True)
    ended_by = models.CharField("终止原因", max_length=200, blank=True)
    used_on = models.DateField("最近代填", null=True)

    objects = ScopedManager.from_queryset(MandateQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=_shown())

    class Meta:
        verbose_name = verbose_name_plural = "代填授权"
        default_permissions = ()
        indexes = [
            models.Index(fields=["project", "path", "-id"], name="mandate_by_lender"),
            models.Index(fields=["account", "-id"], name="mandate_by_account"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="mandate_once_while_live",
                fields=["project", "organization", "account"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="mandate_to_another_unit", condition=~Q(path=F("holder_path"))
            ),
            models.CheckConstraint(
                name="mandate_ends_after_it_begins", condition=Q(ends_at__gt=F("granted_at"))
            ),
            models.CheckConstraint(
                name="mandate_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by="")
                | Q(ended_at__isnull=False) & ~Q(ended_by=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ended_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} → {self.account_id}"

    @property
    def over_at(self) -> datetime:
        """When it ended, or will."""
        return self.ended_at or self.ends_at

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.ends_at > timezone.now()

    @property
    def standing(self) -> "Standing":
        """In one word with its colour."""
        if self.is_live:
            return Standing("有效", "success")
        ended = self.ended_at is not None and self.ended_by != OVER
        return Standing("已终止" if ended else "已到期", "closed")
