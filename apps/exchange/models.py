"""Uploads between their check and their import; papers that were issued to be signed.

Invariant: what is imported is byte for byte what was checked.
"""

import secrets
from typing import Any, BinaryIO, cast

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.scope.managers import ScopedManager, ScopeLookups


class StoredUploadQuerySet(models.QuerySet["StoredUpload"]):
    """Narrowings by owner and by age."""

    def of(self, user: Any, spec_name: str, context: dict[str, Any]) -> "StoredUploadQuerySet":
        """What `user` uploaded for this import with this context, and for no other."""
        return self.filter(
            owner_id=user.pk,
            spec_name=spec_name,
            context=context,
            expires_at__gt=timezone.now(),
        )

    def expired(self) -> "StoredUploadQuerySet":
        return self.filter(expires_at__lte=timezone.now())


def random_token() -> str:
    return secrets.token_urlsafe(24)


class StoredUpload(models.Model):
    """A workbook waiting for its owner's decision, with the outcome of its last check."""

    token = models.CharField(
        "标识", max_length=40, unique=True, default=random_token, editable=False
    )
    spec_name = models.CharField("导入种类", max_length=80)
    context = models.JSONField("范围", default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True)
    file = models.FileField("文件", max_length=200)
    filename = models.CharField("文件名", max_length=150)
    size = models.BigIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    rows = models.PositiveIntegerField("行数")
    tags = models.PositiveBigIntegerField("单元格规模", default=0)
    counts = models.JSONField("检查结果", null=True)
    problems = models.JSONField("问题", default=list)
    problem_count = models.PositiveIntegerField("问题数", default=0)
    notes = models.JSONField("说明", default=list)
    changes = models.FileField("变更明细", max_length=200, blank=True)
    change_columns = models.JSONField("变更的列", default=list)
    change_digest = models.CharField("变更校验值", max_length=64, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    job = models.ForeignKey(
        "jobs.Job", models.SET_NULL, null=True, related_name="+", verbose_name="任务"
    )
    applied_at = models.DateTimeField("导入时间", null=True)
    expires_at = models.DateTimeField("保留至")

    objects = ScopedManager.from_queryset(StoredUploadQuerySet)()
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id", lent=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传文件"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["expires_at"], name="upload_by_expiry")]

    def __str__(self) -> str:
        return self.filename

    def opened(self) -> BinaryIO:
        """The stored file, to be closed by the caller."""
        return cast("BinaryIO", self.file.open("rb"))

    def opened_changes(self) -> BinaryIO:
        """What `changes.read_changes` reads, to be closed by the caller."""
        return cast("BinaryIO", self.changes.open("rb"))

    @property
    def change_count(self) -> int:
        """Cells that would change; `change_columns` has sheet, column and number."""
        return sum(number for _sheet, _column, number in self.change_columns)

    @property
    def can_apply(self) -> bool:
        """Checked, without problems, changing something, and not applied yet."""
        counts = self.counts or {}
        changes = counts.get("new", 0) + counts.get("changed", 0)
        return bool(changes) and not self.problem_count and self.applied_at is None


class IssuedPaper(models.Model):
    """A paper that was printed to be signed, by its check code: what whoever holds it may look up.

    Invariants: a row never changes; the code is true of its `facts` or the row counts for nothing, so that who writes
    into the table alone makes no paper. `kind` says who knows whether it still stands, `subject` what it is of. An old
    code (twelve digits, without a key) may stand for several papers; of some only the code is known.
    """

    code = models.CharField("校验码", max_length=20, db_collation="C")
    is_old = models.BooleanField("旧码", default=False)
    kind = models.CharField("文件种类", max_length=80)
    subject = models.TextField("对象")
    project = models.CharField("项目", max_length=300)
    unit = models.CharField("单位", max_length=300)
    number = models.TextField("编号")
    digest = models.CharField("数据摘要", max_length=64, blank=True)
    path = models.CharField("路径", max_length=200, db_collation="C")
    enterprise_id = models.BigIntegerField("企业", null=True)
    issued_at = models.DateTimeField("生成时间", default=timezone.now)

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="path", enterprise="enterprise_id", lent=True)

    class Meta:
        verbose_name = verbose_name_plural = "签章文件"
        default_permissions = ()
        indexes = [models.Index(fields=["code"], name="issued_paper_by_code")]
        constraints = [
            models.UniqueConstraint(
                name="issued_paper_code_once", fields=["code"], condition=models.Q(is_old=False)
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def facts(self) -> tuple[str, ...]:
        """What the code is made of, in its order."""
        return (self.kind, self.subject, self.project, self.unit, self.number, self.digest)
