"""How many filings stand where below each package, kept with the filings: lists, homes and 办理情况 ask it.

Invariants: kept by the database in the statement that writes filings, whoever sends it, and only ever added to: a
statement adds what it changed as rows of its own, so that nobody waits for anybody else's. What a group counts is the
sum of its rows. `domain/filings/counting.py` folds them and recounts them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.organizations.models import Tier
from apps.scope.managers import ScopedManager, ScopeLookups

from .statuses import Status


class FilingCount(models.Model):
    """So many more (or fewer) filings of this kind directly below `parent`, in the unit at `path`.

    `path` is that of the unit directly above, which is the parent's own where the chain leaves nobody out. Project and
    parent are told by their numbers: a count that has come to nothing may outlive them until it is folded.
    """

    project_id = models.BigIntegerField("项目")
    parent_id = models.BigIntegerField("上级申报单")
    path = models.CharField("上级路径", max_length=200, db_collation="C")
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)
    status = models.CharField("状态", max_length=12, choices=Status.choices)
    substituted = models.BooleanField("系统代分")
    maintained = models.BooleanField("由省代为填报")
    number = models.IntegerField("份数")
    folded = models.BooleanField("已合并", db_default=False)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="project_id")

    class Meta:
        verbose_name = verbose_name_plural = "申报单计数"
        default_permissions = ()
        indexes = [
            models.Index(fields=["parent_id"], name="filing_count_by_parent"),
            models.Index(fields=["path", "project_id"], name="filing_count_by_path"),
            models.Index(
                fields=["parent_id"], name="filing_count_to_fold", condition=Q(folded=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} {self.status} {self.number:+d}"
