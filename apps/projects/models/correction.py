"""更正: what of a published project was put right, by whom and why, and what corrected items said until then.

Invariants, by the database: a correction never changes, and a row of a published project changes only in the
transaction of a correction that names the row and the field (`correction_triggers`). What was reported before a
correction keeps the price and the pack that it was reported at: the terms whose span holds the number of corrections
known then.
"""

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.scope.managers import ScopedManager

from .catalogue import CatalogItem
from .correction_triggers import stamped
from .project import Project
from .visibility import ThroughProject, through_project


def paper_name(_correction: models.Model, filename: str) -> str:
    """Where a paper is stored: nothing in it can be guessed or chosen by the uploader."""
    token = secrets.token_hex(16)
    return f"corrections/{token[:2]}/{token}.{filename.rpartition('.')[2].lower()}"


class PublishedAct(models.Model):
    """What was done to a published project, each act a row, numbered within the project, with its reason and ground.

    `filings` institutions and `lines` were touched. `path` is the alliance's: whoever stands below it reads what was
    done, enterprises don't. The database sets `transaction` and `at`, and lets nothing change afterwards.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    number = models.PositiveIntegerField("序号")
    path = models.CharField("路径", max_length=200, db_collation="C", default="/0/")
    reason = models.CharField("原因", max_length=300)
    filings = models.PositiveIntegerField("涉及机构数", default=0)
    lines = models.PositiveIntegerField("涉及明细数", default=0)
    file = models.FileField("依据文件", upload_to=paper_name, max_length=100)
    file_name = models.CharField("文件名", max_length=150)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_name = models.CharField("办理人", max_length=150)
    at = models.DateTimeField("办理时间", auto_now_add=True)
    transaction = models.BigIntegerField("事务", default=0, editable=False)

    scope_lookups: ClassVar[ThroughProject] = ThroughProject(
        prefix="project__", path="path", around=True
    )

    class Meta:
        abstract = True
        default_permissions = ()
        triggers = [
            stamped(),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def of_project(self, project: Project) -> "CorrectionQuerySet":
        return self.filter(project=project)

    def latest_first(self) -> "CorrectionQuerySet":
        return self.order_by("-number", "-pk")


class Correction(PublishedAct):
    """`changes`: [{"table", "pk", "field", "name", "label", "old", "new"}], values in words.

    `returned` filings were given back by it.
    """

    changes = models.JSONField("更正内容")
    returned = models.PositiveIntegerField("退回份数", default=0)

    objects = ScopedManager.from_queryset(CorrectionQuerySet)()

    class Meta(PublishedAct.Meta):
        verbose_name = verbose_name_plural = "更正"
        constraints = [
            models.UniqueConstraint(name="correction_number_once", fields=["project", "number"]),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="correction_changes_something", condition=~Q(changes=[])),
        ]

    def __str__(self) -> str:
        return f"更正第 {self.number} 号"

    @property
    def done_words(self) -> str:
        back = f"，退回 {self.returned:,} 份申报" if self.returned else ""
        verb = "增补" if self.adds else "更正"
        return f"已{verb}（{self}）{back}；已通知本项目的全部单位。"

    @property
    def adds(self) -> bool:
        """Whether it brought an item in (增补品规): the code of one that is there never changes."""
        return any(change.get("field") == "item_code" for change in self.changes)

    @property
    def told(self) -> Sequence[dict[str, Any]]:
        """What was corrected, each with both values."""
        return list(self.changes)


class ItemTerms(models.Model):
    """Price, pack and daily usage that an item had from its correction `since` (0: from publication) to `until`."""

    item = models.ForeignKey(
        CatalogItem, models.PROTECT, related_name="earlier_terms", verbose_name="品规"
    )
    since = models.PositiveIntegerField("起")
    until = models.PositiveIntegerField("止")
    reference_price = models.DecimalField("参考价", max_digits=14, decimal_places=4, null=True)
    pack_quantity = models.PositiveIntegerField("包装数量")
    daily_usage = models.DecimalField("日均使用量", max_digits=12, decimal_places=4)

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = through_project("item__project__")

    class Meta:
        verbose_name = verbose_name_plural = "品规此前条款"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="item_terms_end_once", fields=["item", "until"]),
            models.CheckConstraint(name="item_terms_span", condition=Q(since__lt=F("until"))),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.since}–{self.until}"
