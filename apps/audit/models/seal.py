"""Seals over what was written down: one chain for all records, keyed by a secret that no table holds.

Invariant: seals are numbered from 1 without a gap, each names the one before it, and none ever changes.
"""

from typing import Any, cast

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.scope.conditions import ViewerAtDepth
from apps.scope.managers import ScopedManager, ScopeLookups

FOR_THE_ALLIANCE = ScopeLookups(custom=Q(cast("Any", ViewerAtDepth(1))))


def append_only() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Seal(models.Model):
    """A code over some rows of one record (`stream`), in the order of their ids: those above `after` up to `upto`.

    `columns` are the sealed columns by name. `content` is the digest of the rows, `mac` the code (HMAC) over all the
    other values. Both are hexadecimal.
    """

    number = models.BigIntegerField("编号", primary_key=True)
    stream = models.CharField("记录", max_length=60, db_collation="C")
    after = models.BigIntegerField("起于编号之后")
    upto = models.BigIntegerField("止于编号")
    count = models.IntegerField("条数")
    columns = models.TextField("字段")
    earliest = models.DateTimeField("最早")
    latest = models.DateTimeField("最晚")
    content = models.CharField("摘要", max_length=64)
    previous = models.CharField("前一封印", max_length=64, blank=True)
    at = models.DateTimeField("封存时间")
    algorithm = models.CharField("算法", max_length=10)
    key_id = models.CharField("密钥", max_length=40)
    mac = models.CharField("封印", max_length=64)

    objects = ScopedManager()
    scope_lookups = FOR_THE_ALLIANCE

    class Meta:
        verbose_name = verbose_name_plural = "审计封印"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["stream", "-number"], name="seal_by_stream")]
        constraints = [
            models.CheckConstraint(name="seal_not_empty", condition=Q(count__gt=0)),
            models.CheckConstraint(
                name="seal_goes_forward", condition=Q(upto__gt=models.F("after"))
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"第 {self.number} 号"


class ClearedSegment(models.Model):
    """That the rows under a seal were past their time: taken out into a file, whose bytes are what was sealed."""

    seal = models.OneToOneField(
        Seal, models.PROTECT, primary_key=True, related_name="cleared", verbose_name="封印"
    )
    at = models.DateTimeField("清理时间")
    file = models.CharField("归档文件", max_length=200)

    objects = ScopedManager()
    scope_lookups = FOR_THE_ALLIANCE

    class Meta:
        verbose_name = verbose_name_plural = "日志清理"
        default_permissions = ("view",)
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.file


class Verification(models.Model):
    """What a check of everything found: up to which seal, how many rows, which differences (the first of them).

    `found` has pairs: the number of the seal that is concerned (or nothing), and a sentence.
    """

    at = models.DateTimeField("核验时间")
    upto = models.BigIntegerField("核验至封印")
    rows = models.BigIntegerField("核验条数")
    differences = models.IntegerField("不一致")
    found = models.JSONField("不一致内容", default=list)

    objects = ScopedManager()
    scope_lookups = FOR_THE_ALLIANCE

    class Meta:
        verbose_name = verbose_name_plural = "审计核验"
        default_permissions = ("view",)
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
