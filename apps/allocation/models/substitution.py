"""How institutions stood before 系统代分 allotted for them (rules §3a.11). Invariant: never changed."""

from typing import ClassVar

import pgtrigger
from django.db import models

from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups


class Substitution(models.Model):
    """Rows and lines as they were; `number` is the filing's version after the 代分.

    `content`: {"rows": [[row, lowest state, highest state, other state, moved_lowest, moved_highest, unplaced,
    pending confirmed at, by, selected confirmed at, by]], "lines": [[row, slot, product, contract, reserved]]}.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+", verbose_name="申报单")
    path = models.CharField("路径", max_length=200, db_collation="C")
    number = models.PositiveIntegerField("版本")
    at = models.DateTimeField("代分时间", auto_now_add=True)
    content = models.JSONField("此前内容")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "系统代分记录"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="substitution_once_per_version", fields=["filing", "number"]
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} 第 {self.number} 版"
