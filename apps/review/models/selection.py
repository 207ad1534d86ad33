"""A reviewer's selection, frozen by the server: which filings, at which versions, for which act.

Invariant: a selection is carried out at most once, whole or not at all; a row that moved meanwhile refuses it.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.projects.models import Project
from apps.review.models.statuses import Action
from apps.scope.managers import ScopedManager, ScopeLookups


def acts() -> list[tuple[str, str]]:
    """Asked when they are shown: a new act is no migration."""
    return Action.choices


class Selection(models.Model):
    """Filings ticked for one act, with the versions that the reviewer saw."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    path = models.CharField("路径", max_length=200, db_collation="C")
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    action = models.CharField("操作", max_length=20, choices=acts)
    filing_ids = ArrayField(models.BigIntegerField())
    versions = ArrayField(models.PositiveIntegerField())
    back_to = models.CharField("返回地址", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    used_at = models.DateTimeField("执行时间", null=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="path", project="project_id")

    class Meta:
        verbose_name = verbose_name_plural = "批量选择"
        default_permissions = ()
        indexes = [models.Index(fields=["created_at"], name="selection_by_age")]
        constraints = [
            models.CheckConstraint(
                name="selection_version_for_each_filing",
                condition=Q(filing_ids__len=models.F("versions__len")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {len(self.filing_ids)} 家"
