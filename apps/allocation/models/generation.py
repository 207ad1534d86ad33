"""Where an allocation came from: the finished demand project and the agreed volumes that it was made of."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import Project
from apps.projects.models.visibility import ThroughProject, through_project
from apps.scope.managers import ScopedManager
from apps.volumes.models import AgreedVersion


class Generation(models.Model):
    """`rows` volumes were written at `generated_at`; `preview` is what they came to at `previewed_at`.

    `preview` is what `generation.preview.preview_of` gives: groups with their sums, products that fall short,
    groups without a winner, and the sentences that refuse publication or warn of it.
    """

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="+", verbose_name="分量项目"
    )
    source = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="来源报量项目"
    )
    version = models.ForeignKey(
        AgreedVersion, models.PROTECT, related_name="+", verbose_name="约定采购量版本"
    )
    rows = models.BigIntegerField("分配量行数", default=0)
    generated_at = models.DateTimeField("生成时间", null=True)
    preview = models.JSONField("预览", null=True)
    previewed_at = models.DateTimeField("预览时间", null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "分量任务来源"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="generation_previewed_has_time",
                condition=Q(preview__isnull=True, previewed_at__isnull=True)
                | Q(preview__isnull=False, previewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="generation_rows_have_time",
                condition=Q(generated_at__isnull=False) | Q(rows=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 由 {self.source_id} 生成"
