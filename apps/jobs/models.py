"""Background jobs. Invariant: what a job does and its success are committed together, or neither is."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.scope.managers import ScopedManager, ScopeLookups

from .registry import declared, is_declared


class Status(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中"
    SUCCEEDED = "succeeded", "已完成"
    FAILED = "failed", "未成功"
    CANCELLED = "cancelled", "已取消"
    REFUSED = "refused", "已拒绝"


UNFINISHED = (Status.WAITING, Status.RUNNING)
ONE_UNFINISHED_ALIKE = "job_one_unfinished_alike"
TONES = {
    Status.WAITING: "neutral",
    Status.RUNNING: "info",
    Status.SUCCEEDED: "success",
    Status.FAILED: "danger",
    Status.CANCELLED: "neutral",
    Status.REFUSED: "danger",
}


class JobQuerySet(models.QuerySet["Job"]):
    """Narrowings by owner and by state."""

    def owned_by(self, user: Any) -> "JobQuerySet":
        """What `user` has asked for: nobody else's jobs are ever shown."""
        return self.filter(owner_id=user.pk)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=UNFINISHED)

    def expired(self) -> "JobQuerySet":
        """Finished jobs whose files have been kept long enough."""
        return self.filter(expires_at__lt=timezone.now(), files_removed=False)


def random_token() -> str:
    return secrets.token_hex(16)


class Job(models.Model):
    """One piece of work for somebody: how far it is, what came out, where the files are.

    `attempt` counts the starts and fences off a start that was believed dead. The files of attempt n are
    stored as `jobs/<token>/<n>-…`. `slot` is the lane of its owner that it runs in. `fingerprint` tells the
    same work from other work: nobody has the same unfinished twice. `through`: the token by which a program
    asked for it, whose name is told of whatever the job does.
    """

    name = models.CharField("任务", max_length=80)
    title = models.CharField("名称", max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="发起人",
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True)
    params = models.JSONField("参数", default=dict)
    fingerprint = models.CharField("内容指纹", max_length=64, blank=True, editable=False)
    slot = models.PositiveSmallIntegerField("通道", default=0)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.WAITING)
    attempt = models.PositiveSmallIntegerField("启动次数", default=0)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", default=0)
    message = models.CharField("进展", max_length=300, blank=True)
    token = models.CharField("文件夹", max_length=32, default=random_token, editable=False)
    result = models.FileField("结果文件", max_length=200, blank=True)
    result_name = models.CharField("结果文件名", max_length=150, blank=True)
    report = models.FileField("错误报告", max_length=200, blank=True)
    report_name = models.CharField("错误报告文件名", max_length=150, blank=True)
    through = models.CharField("接口令牌", max_length=40, blank=True, db_default="")
    through_id = models.BigIntegerField("接口令牌编号", null=True, blank=True)
    link_url = models.CharField("下一步地址", max_length=500, blank=True)
    link_label = models.CharField("下一步", max_length=40, blank=True)
    back_url = models.CharField("来源页面", max_length=500, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    cancel_requested_at = models.DateTimeField("取消时间", null=True)
    expires_at = models.DateTimeField("文件保留至", null=True)
    files_removed = models.BooleanField("文件已清理", default=False)

    objects = ScopedManager.from_queryset(JobQuerySet)()
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="job_by_owner"),
            models.Index(
                fields=["expires_at"], condition=Q(files_removed=False), name="job_by_expiry"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_finished_when_final",
                condition=Q(status__in=UNFINISHED, finished_at__isnull=True)
                | (~Q(status__in=UNFINISHED) & Q(finished_at__isnull=False)),
            ),
            # The system's own jobs have no owner and are never alike: NULLs differ.
            models.UniqueConstraint(
                name=ONE_UNFINISHED_ALIKE,
                fields=["owner", "fingerprint"],
                condition=Q(status__in=UNFINISHED) & ~Q(fingerprint=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def tone(self) -> str:
        return TONES[Status(self.status)]

    @property
    def has_failed(self) -> bool:
        return self.status in {Status.FAILED, Status.REFUSED}

    @property
    def leads_back(self) -> bool:
        """Done, with nothing to fetch or to go on to: whoever waited goes on where it was asked for."""
        fetched = self.result or self.report or self.link_url
        return self.status == Status.SUCCEEDED and bool(self.back_url) and not fetched

    @property
    def can_cancel(self) -> bool:
        return not self.is_finished and self.cancel_requested_at is None

    @property
    def can_restart(self) -> bool:
        if self.status in {Status.FAILED, Status.CANCELLED}:
            return True
        is_gone = self.status == Status.SUCCEEDED and self.files_removed
        return is_gone and is_declared(self.name) and declared(self.name).renewable

    @property
    def seconds_left(self) -> int | None:
        """An estimate from the pace so far; None while there is nothing to go by."""
        if self.status != Status.RUNNING or not self.started_at or not 0 < self.done < self.total:
            return None
        elapsed = (timezone.now() - self.started_at) / timedelta(seconds=1)
        return round(elapsed / self.done * (self.total - self.done))
