"""The signed PDF of an institution's filing (承诺函, 需求量汇总表), and what its reviewer found on it (S2-02, S3-14).

Invariants: a filing has at most one file in force; a file that was reported once stays as evidence when another
replaces it; nothing is uploaded or replaced below a submitted or approved filing.
"""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.organizations.models import Organization
from apps.review.models.triggers import frozen_branch_triggers
from apps.scope.managers import ScopedManager, ScopeLookups

from .filing import Filing


def random_name(_attachment: models.Model, _filename: str) -> str:
    """Where a file is stored: nothing in it can be guessed or chosen by the uploader."""
    token = secrets.token_hex(16)
    return f"filings/{token[:2]}/{token}.pdf"


class AttachmentQuerySet(models.QuerySet["FilingAttachment"]):
    def in_force(self) -> "AttachmentQuerySet":
        return self.filter(replaced_at__isnull=True)


class FilingAttachment(models.Model):
    """One PDF. `data_hash` names the lines as they stood at the upload, `page_codes` what was read from its pages

    (`domain.attachments.page_codes`). `is_original`: our own document, nothing added to it. `photos` were assembled
    into it; 0: it came as a PDF.
    """

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="+", db_index=False, verbose_name="申报单"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    file = models.FileField("文件", upload_to=random_name, max_length=100)
    name = models.CharField("文件名", max_length=150)
    size = models.PositiveIntegerField("大小")
    pages = models.PositiveSmallIntegerField("页数")
    photos = models.PositiveSmallIntegerField("照片数", default=0)
    is_signed = models.BooleanField("含电子签章", default=False)
    data_hash = models.CharField("数据摘要", max_length=64)
    page_codes = models.JSONField("各页校验码", default=list)
    is_original = models.BooleanField("未签章的原件", default=False)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    uploaded_by_name = models.CharField("上传人", max_length=150)
    replaced_at = models.DateTimeField("替换时间", null=True, blank=True)

    objects = ScopedManager.from_queryset(AttachmentQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "申报附件"
        default_permissions = ()
        indexes = [models.Index(fields=["filing", "uploaded_at"], name="attachment_by_filing")]
        constraints = [
            models.UniqueConstraint(
                name="attachment_one_in_force",
                fields=["filing"],
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="attachment_has_content", condition=Q(size__gt=0, pages__gt=0)
            ),
        ]
        triggers = frozen_branch_triggers()

    def __str__(self) -> str:
        return self.name


class AttachmentCheck(models.Model):
    """签章完整 and 数据一致, both ticked by the tier that reviews the filing. The path is the institution's.

    A row is the finding; there is none for a file that was found wanting: its filing is returned.
    """

    attachment = models.ForeignKey(
        FilingAttachment, models.CASCADE, related_name="checks", verbose_name="附件"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    reviewer = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, verbose_name="审核单位"
    )
    checked_at = models.DateTimeField("核对时间", auto_now_add=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    checked_by_name = models.CharField("核对人", max_length=150)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="path", project="attachment__filing__project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "附件核对"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="attachment_checked_once", fields=["attachment", "reviewer"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.checked_by_name}"
