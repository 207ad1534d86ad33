"""Rehearsals that stand. Invariant: a row has a schema of its name, and the other way round; both go in one act."""

from django.db import models

from apps.scope.sandbox import Sandbox


class Rehearsal(models.Model):
    """Of a published project. It stands in the real world, and says nothing of what happens inside.

    `ahead` is how far its calendar is before the real one, behind it if negative; it only grows. `structure` is how
    many migrations the database had seen when it was made: one more ends it.
    """

    project_id = models.BigIntegerField("项目编号", unique=True)
    project_code = models.CharField("项目编码", max_length=40)
    project_name = models.CharField("项目名称", max_length=120)
    made_at = models.DateTimeField("制作时间", auto_now_add=True)
    made_by_name = models.CharField("制作人", max_length=150)
    ahead = models.DurationField("日历提前")
    structure = models.PositiveIntegerField("数据库版本")
    institutions = models.PositiveIntegerField("参加机构", default=0)
    reports = models.PositiveIntegerField("虚拟上报", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "演练"
        default_permissions = ()

    def __str__(self) -> str:
        return f"演练：{self.project_name}"

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.pk, self.ahead)
