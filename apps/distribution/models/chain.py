"""Sub-distribution chains (下级配送链, S4-03): a distributor lets another of its province deliver for it.

Invariant, by the database: links in force form no circle, and none leaves its province.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.organizations.models import Organization
from apps.scope.conditions import EnterpriseInScope, PathInScope
from apps.scope.managers import ScopedManager, ScopeLookups

from .distributor import DistributorAccount
from .relation_triggers import no_circle
from .relation_visibility import condition


class ChainLinkQuerySet(models.QuerySet["ChainLink"]):
    def in_force(self) -> "ChainLinkQuerySet":
        return self.filter(ended_at__isnull=True)


class ChainLink(models.Model):
    """`lower` delivers for `upper`; ended links stay as history. The path is the upper account's."""

    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份"
    )
    upper = models.ForeignKey(
        DistributorAccount, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    lower = models.ForeignKey(
        DistributorAccount, models.PROTECT, related_name="+", verbose_name="下级配送企业"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    note = models.CharField("说明", max_length=100, blank=True)
    set_at = models.DateTimeField("设置时间", auto_now_add=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("撤销时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager.from_queryset(ChainLinkQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        custom=condition(PathInScope("path"))
        | condition(EnterpriseInScope("upper__enterprise_id", place="path"))
        | condition(EnterpriseInScope("lower__enterprise_id", place="path"))
    )

    class Meta:
        verbose_name = verbose_name_plural = "下级配送"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="chain_link_once",
                fields=["upper", "lower"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(name="chain_link_not_to_itself", condition=~Q(upper=F("lower"))),
            models.CheckConstraint(
                name="chain_link_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        triggers = [
            no_circle(),
            pgtrigger.ReadOnly(name="ends_only", fields=["province", "upper", "lower", "path"]),
        ]

    def __str__(self) -> str:
        return f"{self.upper_id} → {self.lower_id}"
