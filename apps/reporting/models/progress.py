"""The summary of work in progress: what every bureau's institutions hold, whatever their status, as of a time.

Invariants: made by `rollup.refresh` alone and never corrected by hand; thrown away and made again at any time. It has
the shape of the totals, with the statuses of institutions. Of an item, and of a group's `quantity`, `previous` and
`amount`, see there. What `counts` was reported, and no package that was submitted further up has left it out; items
add up that alone.
"""

from typing import ClassVar

from django.db import models

from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.managers import ScopedManager, ScopeLookups

from .total import Group, GroupItemTotal, ItemTotal


class DemandProgress(models.Model):
    """How fresh a bureau's summary is. `versions` adds up its own and its children's, to see what moved since."""

    filing = models.OneToOneField(
        Filing, models.PROTECT, primary_key=True, related_name="+", verbose_name="申报单"
    )
    as_of = models.DateTimeField("统计时间")
    versions = models.BigIntegerField("版本和")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="filing__path", project="filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "进度统计"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.filing_id} {self.as_of}"


class ProgressReporters(Group):
    """A group of institutions of one status, all of which count or don't."""

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )
    status = models.CharField("状态", max_length=12, choices=Status.choices)
    counts = models.BooleanField("计入", db_default=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="filing__path", project="filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "进度统计机构"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="progress_reporters_once",
                fields=["filing", "place", "grade", "ownership", "kind", "status", "counts"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id}: {self.institutions} 家"


class ProgressTotal(ItemTotal):
    """One item in a bureau's work in progress."""

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="filing__path", project="filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "进度汇总"
        default_permissions = ()
        indexes = [models.Index(fields=["item", "filing"], name="progress_total_by_item")]

    def __str__(self) -> str:
        return f"{self.filing_id}/{self.item_id}: {self.quantity}"


class ProgressGroupTotal(GroupItemTotal):
    """One item of one group in a bureau's work in progress."""

    group = models.ForeignKey(
        ProgressReporters, models.CASCADE, related_name="+", db_index=False, verbose_name="机构分组"
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="group__filing__path", project="group__filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "进度分组汇总"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.group_id}/{self.item_id}: {self.quantity}"
