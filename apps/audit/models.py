"""The operation log. Invariant: an entry is written in the transaction of the act it tells, and never changes."""

import pgtrigger
from django.conf import settings
from django.db import models

from apps.scope.managers import ScopedManager, ScopeLookups


class LogEntry(models.Model):
    """Who did what to what, when, in one sentence; readable by every tier for its own subtree."""

    at = models.DateTimeField("时间", auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人", max_length=150)
    organization_name = models.CharField("单位", max_length=200, blank=True)
    on_behalf_of = models.CharField("代为", max_length=200, blank=True)
    path = models.CharField("路径", max_length=200, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True)
    project_code = models.CharField("项目", max_length=40, blank=True)
    verb = models.CharField("操作", max_length=40)
    object = models.CharField("对象", max_length=200)
    sentence = models.TextField("内容")
    request_id = models.CharField("请求编号", max_length=64, blank=True)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["path", "-at", "-id"], name="log_by_path"),
            models.Index(fields=["-at", "-id"], name="log_by_time"),
            models.Index(fields=["project_code", "-at"], name="log_by_project"),
            models.Index(fields=["enterprise_id", "-at"], name="log_by_enterprise"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.sentence
