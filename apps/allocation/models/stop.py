"""取消中选 and 暂停 of a winning product, each act a row; what 取消中选 moved in each institution.

Invariants, by the database: acts are only added; the state of a pool changes only in the transaction of an act that
names its product; a line below a reported filing moves only in the transaction of an act whose share keeps how the
filing stood before.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.projects.models import Project, WinningProduct
from apps.projects.models.correction import PublishedAct, paper_name
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups


class StopAct(models.TextChoices):
    """What was done with a product."""

    CANCEL = "cancel", "取消中选"
    UNDO = "undo", "撤销取消中选"
    SUSPEND = "suspend", "暂停"
    LIFT = "lift", "解除暂停"


BEGINNING = (StopAct.CANCEL, StopAct.SUSPEND)
"""Acts that stop a product; each of the others ends one of these."""


class ProductStopQuerySet(models.QuerySet["ProductStop"]):
    def of_project(self, project: Project) -> "ProductStopQuerySet":
        return self.filter(project=project)

    def in_force(self) -> "ProductStopQuerySet":
        """Stops that nothing has ended."""
        return self.filter(act__in=BEGINNING, ended_by__isnull=True)

    def with_products(self) -> "ProductStopQuerySet":
        """What a row of the list shows."""
        return self.select_related(
            "project",
            "product__item",
            "product__enterprise",
            "replacement__item",
            "replacement__enterprise",
        )


class ProductStop(PublishedAct):
    """`from_date`: the day from which the product is not supplied any more, or again.

    `kept` is what was confirmed, `contract` what was chosen of the product, in its smallest units; of `unplaced` rows
    something found no other product. `ends` is the act that this one ends; that needs no file.
    """

    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", verbose_name="中选产品"
    )
    act = models.CharField("事项", max_length=8, choices=StopAct.choices)
    ends = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="ended_by", verbose_name="所结束的事项"
    )
    from_date = models.DateField("自")
    replacement = models.ForeignKey(
        WinningProduct, models.PROTECT, null=True, related_name="+", verbose_name="替补产品"
    )
    kept = models.BigIntegerField("中选产品确认量", default=0)
    contract = models.BigIntegerField("合同量", default=0)
    unplaced = models.PositiveIntegerField("未能分配项数", default=0)
    file = models.FileField("依据文件", upload_to=paper_name, max_length=100, blank=True)
    file_name = models.CharField("文件名", max_length=150, blank=True)

    objects = ScopedManager.from_queryset(ProductStopQuerySet)()

    class Meta(PublishedAct.Meta):
        verbose_name = verbose_name_plural = "取消中选和暂停"
        constraints = [
            models.UniqueConstraint(name="stop_number_once", fields=["project", "number"]),
            models.CheckConstraint(name="stop_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="stop_begins_or_ends",
                condition=Q(act__in=BEGINNING, ends__isnull=True)
                | Q(act__in=[StopAct.UNDO, StopAct.LIFT], ends__isnull=False),
            ),
            models.CheckConstraint(
                name="stop_with_file", condition=~Q(act__in=BEGINNING) | ~Q(file="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}第 {self.number} 号"

    @property
    def done_words(self) -> str:
        """What the person is told."""
        if self.act != StopAct.CANCEL:
            return f"已{self.get_act_display()}（第 {self.number} 号）。"
        short = f"；{self.unplaced:,} 项没有可用产能，记为未能分配" if self.unplaced else ""
        moved = f"{self.filings:,} 家机构的 {self.lines:,} 条明细已由替补承接"
        return f"已取消中选（第 {self.number} 号），{moved}{short}。"


class StopShare(models.Model):
    """What a 取消中选 moved in one institution, and whether it has confirmed what came of it.

    `before` and `after`, of the touched rows alone: {"rows": [[row, lowest state, highest state, other state,
    moved_lowest, moved_highest, unplaced, kept_unplaced, pending confirmed at, by, selected confirmed at, by]],
    "lines": [[row, slot, product, contract, reserved, taken]]}. `kept` and `contract` of the stopped product.
    """

    stop = models.ForeignKey(ProductStop, models.PROTECT, related_name="shares")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    path = models.CharField("路径", max_length=200, db_collation="C")
    kept = models.BigIntegerField("原中选产品确认量")
    contract = models.BigIntegerField("原合同量")
    before = models.JSONField("此前内容")
    after = models.JSONField("此后内容", null=True)
    confirmed_at = models.DateTimeField("重新确认时间", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "取消中选所涉机构"
        default_permissions = ()
        indexes = [models.Index(fields=["stop", "path"], name="stop_share_by_place")]
        constraints = [
            models.UniqueConstraint(name="stop_share_once", fields=["stop", "filing"]),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="before_never_changes", exclude=["after", "confirmed_at", "confirmed_by"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stop_id}/{self.filing_id}"
