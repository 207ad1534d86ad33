"""The operation log and the changes of rows.

Invariant: an entry is written in the transaction of the act it tells, a change in that of its statement; neither
ever changes.
"""

import json
from decimal import Decimal
from typing import Any, ClassVar, cast

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.audit.models.log_triggers import deleted_when_archived
from apps.scope.conditions import PathInScope, ProjectInScope, ScopeCondition, ViewerAtDepth
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
    address = models.CharField("网络地址", max_length=45, blank=True)

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
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            deleted_when_archived(),
        ]

    def __str__(self) -> str:
        return self.sentence


ANY_DEPTH = 99


def _condition(expression: ScopeCondition) -> Q:
    return Q(cast("Any", expression))


class OfPlaceAndProject(ScopeLookups):
    """A change is seen by whoever has its place in the subtree, or, without a place, by the units of its project.

    A project that the viewer does not see (yet) shows nothing; of one that is gone only the alliance knows.
    `projects` stands above this app, so its model is asked for by name.
    """

    def condition(self) -> Q:
        shown = apps.get_model("projects", "Project").objects.values("pk")  # type: ignore[attr-defined]
        there = _condition(ViewerAtDepth(1)) | Q(project_id__in=shown)
        of_project = Q(project_id__isnull=True) | (_condition(ProjectInScope("project_id")) & there)
        everywhere = Q(path="") & _condition(ViewerAtDepth(ANY_DEPTH))
        return (everywhere | _condition(PathInScope("path", own=True))) & of_project


class ExactDecoder(json.JSONDecoder):
    """Numbers as they stand: 0.8000 stays a Decimal of four places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "parse_float": Decimal})


class Change(models.Model):
    """What one statement changed of one row, written by its trigger (`domain.tracking`).

    `before` and `after` hold the columns that differ; all of them of a row that is new or gone.
    """

    class Operation(models.TextChoices):
        INSERT = "insert", "新增"
        UPDATE = "update", "修改"
        DELETE = "delete", "删除"

    at = models.DateTimeField("时间")
    kind = models.CharField("对象类别", max_length=60, db_collation="C")
    operation = models.CharField("变更", max_length=6, choices=Operation.choices)
    object_id = models.BigIntegerField("对象编号")
    name = models.CharField("对象", max_length=500, blank=True)
    path = models.CharField("路径", max_length=200, blank=True, db_collation="C")
    project_id = models.BigIntegerField("项目", null=True)
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("操作人", max_length=150, blank=True, db_collation="C")
    organization_name = models.CharField("单位", max_length=200, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    before = models.JSONField("原值", decoder=ExactDecoder, default=dict)
    after = models.JSONField("新值", decoder=ExactDecoder, default=dict)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = OfPlaceAndProject()

    class Meta:
        verbose_name = verbose_name_plural = "变更记录"
        default_permissions = ()
        indexes = [
            models.Index(fields=["-at", "-id"], name="change_by_time"),
            models.Index(fields=["path", "-at", "-id"], name="change_by_place"),
            models.Index(fields=["kind", "-at", "-id"], name="change_by_kind"),
            models.Index(fields=["kind", "object_id", "-at", "-id"], name="change_by_object"),
            models.Index(fields=["project_id", "-at", "-id"], name="change_by_project"),
            models.Index(fields=["actor_name", "-at", "-id"], name="change_by_actor"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.operation}"
