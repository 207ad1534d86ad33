"""How far the agreed products of each institution are, kept for 协议签署进度: a country has millions of them.

Invariants, kept by the database in the statement that changes what is counted, whoever sends it: a bit is set exactly
where the product is agreed, chosen, in an agreement, in a signed one. Whoever counts holds the institution's row and
counts anew, so two at once come to the same as one after the other. Bits stand in the order of the project's winning
products, which are frozen before anything is agreed. `manage.py verify_agreements` compares.
"""

from typing import ClassVar

from django.db import models

from apps.projects.models import Project
from apps.reporting.models.bits import BitsField
from apps.review.models import Filing
from apps.scope.managers import ScopedManager, ScopeLookups


class AgreementProgress(models.Model):
    """The products of one institution in one project; `above` is the path of the unit that it stands under."""

    filing = models.OneToOneField(
        Filing, models.CASCADE, primary_key=True, related_name="+", verbose_name="申报单"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="项目"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    above = models.CharField("上级路径", max_length=200, db_collation="C")
    agreed = BitsField("协议产品")
    chosen = BitsField("已选择")
    drawn = BitsField("已生成协议")
    signed = BitsField("已签署")

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="project_id")

    class Meta:
        verbose_name = verbose_name_plural = "协议签署进度"
        default_permissions = ()
        indexes = [models.Index(fields=["project", "path"], name="agreement_progress_by_place")]

    def __str__(self) -> str:
        return f"{self.project_id}{self.path}"
