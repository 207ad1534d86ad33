"""What institutions bought in earlier years: the baseline of a project, and doubts about it (历史数有误).

Invariants: quantities are whole smallest units of the item; the baseline of an item is the mean over the project's
baseline years, a year without a row counting as 0 (rules §1); history freezes while the institution's filing is
submitted or approved (`triggers`).
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.projects.models.visibility import ThroughProject
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups

from .choices import DoubtState
from .triggers import frozen_history_triggers, stale_progress_triggers


class PurchaseHistoryQuerySet(models.QuerySet["PurchaseHistory"]):
    def of_institution(self, project: Project, organization_id: int) -> "PurchaseHistoryQuerySet":
        return self.filter(project=project, organization_id=organization_id)


class PurchaseHistory(models.Model):
    """An institution's purchases of one item in one year, as the project knows them."""

    pk = models.CompositePrimaryKey("project_id", "organization_id", "item_id", "year")
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, verbose_name="医疗机构"
    )
    item = models.ForeignKey(CatalogItem, models.CASCADE, related_name="+", verbose_name="品规")
    year = models.PositiveSmallIntegerField("年份")
    path = models.CharField("路径", max_length=200, db_collation="C")
    quantity = models.BigIntegerField("采购量")

    objects = ScopedManager.from_queryset(PurchaseHistoryQuerySet)()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "历史采购量"
        default_permissions = ()
        indexes = [models.Index(fields=["project", "path"], name="purchase_history_by_path")]
        constraints = [
            models.CheckConstraint(
                name="purchase_history_not_negative", condition=Q(quantity__gte=0)
            )
        ]
        triggers = [*frozen_history_triggers(), *stale_progress_triggers()]

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.item_id} {self.year}: {self.quantity}"


class HistoryDoubtQuerySet(models.QuerySet["HistoryDoubt"]):
    def of_filing(self, filing: Filing) -> "HistoryDoubtQuerySet":
        return self.filter(filing=filing)

    def open(self) -> "HistoryDoubtQuerySet":
        return self.filter(state=DoubtState.OPEN)


class HistoryDoubt(models.Model):
    """历史数有误: an institution says what a year's purchases really were; the province decides.

    `claimed` is the institution's number, `decided` the one that holds since the decision.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    item = models.ForeignKey(CatalogItem, models.PROTECT, related_name="+", verbose_name="品规")
    path = models.CharField("路径", max_length=200, db_collation="C")
    year = models.PositiveSmallIntegerField("年份")
    claimed = models.BigIntegerField("应为")
    note = models.CharField("依据", max_length=300)
    state = models.CharField(
        "状态", max_length=10, choices=DoubtState.choices, default=DoubtState.OPEN
    )
    decided = models.BigIntegerField("核定数", null=True)
    answer = models.CharField("核定意见", max_length=300, blank=True)
    raised_at = models.DateTimeField("提出时间", auto_now_add=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField("核定时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager.from_queryset(HistoryDoubtQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "历史数有误"
        default_permissions = ()
        indexes = [models.Index(fields=["path", "state"], name="history_doubt_by_path")]
        constraints = [
            models.UniqueConstraint(
                name="history_doubt_open_once",
                fields=["filing", "item", "year"],
                condition=Q(state=DoubtState.OPEN),
            ),
            models.CheckConstraint(name="history_doubt_claims", condition=Q(claimed__gte=0)),
            models.CheckConstraint(
                name="history_doubt_decided_by_somebody",
                condition=Q(state=DoubtState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, decided__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id} {self.year}: {self.claimed}"
