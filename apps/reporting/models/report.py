"""What was reported, kept at each report: only the lines that differ from the last one.

Invariants: a report never changes; the lines of a report are those of all reports up to it, of each item the latest.
"""

from typing import ClassVar

import pgtrigger
from django.db import models

from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups


class DemandReport(models.Model):
    """One report of an institution; `number` is the filing's version after it.

    `place` is the bureau that it stood under, `grade`, `ownership` and `kind` what it was at that time: totals count
    it so, whatever becomes of it later.
    `changes`: [[item, planned, reason, explanation, pack mark, baseline]], the baseline as the sum over the
    project's baseline years. `lines`, `wanted` (above zero), `explained` and `amount` (yuan and fen at the
    catalogue's reference prices, each line rounded) count the whole report.

    What is odd in it (`apps.reporting.domain.oddities`): `odd` lines, `grave` ones among them; `oddest` is the worst as
    [item, kind, planned, baseline, peers' bound], sums over the baseline years, NULL where nothing is.
    `bought_amount` is the baseline at the same prices; `changed` counts lines that differ from the report before, NULL
    in the first one. All NULL in reports that are older than these columns, and where a task collects history.

    `revision` is the number of the last correction that the report knew: its prices and packs are those of then.
    """

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    number = models.PositiveIntegerField("版本")
    at = models.DateTimeField("上报时间", auto_now_add=True)
    changes = models.JSONField("变动明细")
    reason = models.CharField("上报理由", max_length=500, blank=True)
    lines = models.PositiveIntegerField("明细数")
    wanted = models.PositiveIntegerField("有量品规数")
    explained = models.PositiveIntegerField("有说明品规数")
    amount = models.DecimalField("估算金额", max_digits=40, decimal_places=2, null=True)
    odd = models.PositiveIntegerField("异常品规数", null=True)
    grave = models.PositiveIntegerField("严重异常品规数", null=True)
    oddest = models.JSONField("最大异常", null=True)
    bought_amount = models.DecimalField("上年估算金额", max_digits=40, decimal_places=2, null=True)
    changed = models.PositiveIntegerField("变动品规数", null=True)
    revision = models.PositiveIntegerField("目录更正序号", db_default=0)
    place = models.CharField("所在地", max_length=30, blank=True, db_default="", db_collation="C")
    grade = models.CharField("机构等级", max_length=20, blank=True, db_default="")
    ownership = models.CharField("所有制", max_length=20, blank=True, db_default="")
    kind = models.CharField("机构类型", max_length=30, blank=True, db_default="")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "需求上报记录"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="demand_report_once", fields=["filing", "number"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} 第 {self.number} 版"
