"""What agreements of a project say beside their products, and the numbers that they are given.

Invariant: clauses are never updated, a change is a new version; a number is given out once.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from apps.projects.models import Project
from apps.projects.models.visibility import through_project
from apps.scope.managers import ScopedManager, ScopeLookups

PERIOD = "自签订之日起至本采购周期届满之日止。"
DELIVERY = "丙方收到甲方订单后 48 小时内送达；急救药品 4 小时内送达。"
PAYMENT = "甲方自验收合格次月底前结清货款。"
BREACH = "任何一方未按约定供货、配送或结算的，按集中带量采购文件及有关法律法规承担违约责任。"


class AgreementClauses(models.Model):
    """Period, delivery time, payment term, breach (rules §4); the highest version holds for new agreements."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", db_index=False, verbose_name="项目"
    )
    version = models.PositiveIntegerField("版本", default=1)
    period = models.CharField("协议期限", max_length=300, default=PERIOD)
    delivery = models.CharField("配送时限", max_length=300, default=DELIVERY)
    payment = models.CharField("付款期限", max_length=300, default=PAYMENT)
    breach = models.CharField("违约责任", max_length=1000, default=BREACH)
    written_at = models.DateTimeField("时间", auto_now_add=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "协议条款"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="clauses_version_once", fields=["project", "version"])
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 第 {self.version} 版"


class AgreementSequence(models.Model):
    """The last number that a project's agreements were given; locked by whoever draws more."""

    project = models.OneToOneField(Project, models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveIntegerField("最后序号", default=0)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "协议序号"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.project_id}: {self.last}"
