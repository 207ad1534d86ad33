"""The signed agreement as it was scanned. Invariant: one is in force; the one before it stays as evidence."""

import secrets
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.scope.managers import ScopedManager, ScopeLookups

from .agreement import Agreement, visible_to_parties


def scan_name(_scan: models.Model, _filename: str) -> str:
    """Where a scan is stored: nothing in it can be guessed or chosen by the uploader."""
    token = secrets.token_hex(16)
    return f"agreements/{token[:2]}/{token}.pdf"


class AgreementScan(models.Model):
    """One PDF, checked before it was stored; `photos` were assembled into it.

    `page_codes`: what was read from its pages (`review.domain.attachments.page_codes`).
    """

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="scans", verbose_name="协议"
    )
    file = models.FileField("文件", upload_to=scan_name, max_length=100)
    name = models.CharField("文件名", max_length=150)
    size = models.PositiveIntegerField("大小")
    pages = models.PositiveSmallIntegerField("页数")
    photos = models.PositiveSmallIntegerField("照片数", default=0)
    is_signed = models.BooleanField("含电子签章", default=False)
    page_codes = models.JSONField("各页校验码", default=list)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    replaced_at = models.DateTimeField("替换时间", null=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=visible_to_parties("agreement__"))

    class Meta:
        verbose_name = verbose_name_plural = "签署件"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="agreement_scan_one_in_force",
                fields=["agreement"],
                condition=Q(replaced_at__isnull=True),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="content_never_changes", exclude=["replaced_at"]),
        ]

    def __str__(self) -> str:
        return self.name
