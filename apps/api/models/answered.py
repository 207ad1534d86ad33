"""Answers to requests that named a key (Idempotency-Key): a request that is sent again gets the same one.

Invariant: a key of a token stands for one request; whoever sends another under it is refused.
"""

from typing import ClassVar

from django.db import models

from apps.accounts.models import Token
from apps.scope.managers import ScopedManager, ScopeLookups

LONGEST_KEY = 100


class AnsweredRequest(models.Model):
    """`status` is null while the first one is at work. `digest` is of method, address and content."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+", verbose_name="令牌")
    key = models.CharField("请求编号", max_length=LONGEST_KEY, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    at = models.DateTimeField("时间")
    status = models.PositiveSmallIntegerField("状态码", null=True)
    content_type = models.CharField(max_length=100, blank=True)
    etag = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(default=bytes)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="token__account__path", enterprise="token__account__enterprise_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "已回答的接口请求"
        default_permissions = ()
        indexes = [models.Index(fields=["at"], name="answered_request_by_time")]
        constraints = [
            models.UniqueConstraint(name="answered_request_key_once", fields=["token", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"
