"""Demand lines: how much an institution plans to buy of each item, in whole smallest units.

Invariants: a missing line is blank, as a line without quantity is; blank is not zero (rules §1). Nothing below a
submitted or approved filing changes. Baselines stand in `PurchaseHistory` and freeze with the filing.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.review.models.triggers import frozen_branch_triggers
from apps.scope.managers import ScopedManager, ScopeLookups

from .choices import PackMark, Reason

MOST = 10**12
"""The largest quantity of one line, in smallest units."""


class DemandLineQuerySet(models.QuerySet["DemandLine"]):
    def of_filing(self, filing: Filing) -> "DemandLineQuerySet":
        return self.filter(filing=filing)

    def answered(self) -> "DemandLineQuerySet":
        return self.filter(planned__isnull=False)

    def blank(self) -> "DemandLineQuerySet":
        return self.filter(planned__isnull=True)


class DemandLine(models.Model):
    """The planned quantity of one item; `None` is blank, 0 is none wanted.

    `is_saved`: 已保存 rather than 暂存 (S2-18). `to_correct` marks what a withdrawal or a return named (待修改).
    `version` counts its saves: a save from a stale page is refused, never overwritten.
    `asked_in` is the sequence of the return that named the line last: it stays when the line is saved.
    `checked` is the odd quantity that the institution called right (无误): it says nothing of any other quantity.
    """

    pk = models.CompositePrimaryKey("filing_id", "item_id")
    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )
    item = models.ForeignKey(CatalogItem, models.PROTECT, related_name="+", verbose_name="品规")
    path = models.CharField("路径", max_length=200, db_collation="C")
    planned = models.BigIntegerField("预采购量", null=True)
    reason = models.CharField("增减原因", max_length=10, choices=Reason.choices, blank=True)
    explanation = models.CharField("增幅降幅说明", max_length=300, blank=True)
    pack_mark = models.CharField(
        "盒片核对", max_length=10, choices=PackMark.choices, blank=True, default=PackMark.NONE
    )
    checked = models.BigIntegerField("核对无误的数量", null=True)
    is_saved = models.BooleanField("已保存", default=False)
    to_correct = models.BooleanField("待修改", default=False)
    asked_in = models.PositiveIntegerField("退回时指明", null=True)
    version = models.PositiveIntegerField("版本", default=1)
    updated_at = models.DateTimeField("保存时间")

    objects = ScopedManager.from_queryset(DemandLineQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "需求明细"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="demand_planned_in_range",
                condition=Q(planned__isnull=True) | Q(planned__gte=0, planned__lte=MOST),
                violation_error_message="预采购量必须是不小于 0 的整数。",
            ),
            models.CheckConstraint(
                name="demand_saved_is_answered",
                condition=Q(is_saved=False) | Q(planned__isnull=False),
            ),
        ]
        triggers = frozen_branch_triggers()

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}: {self.planned}"


class ReportReason(models.Model):
    """上报理由: why a filing's total differs from its history, where the project asks for it (S3-18)."""

    filing = models.OneToOneField(
        Filing, models.PROTECT, primary_key=True, related_name="+", verbose_name="申报单"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    text = models.CharField("上报理由", max_length=500)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "上报理由"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="report_reason_not_blank", condition=~Q(text=""))
        ]
        triggers = frozen_branch_triggers()

    def __str__(self) -> str:
        return self.text
