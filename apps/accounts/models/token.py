"""Tokens: what a program signs in with in the name of an account (接口令牌).

Invariants: the secret is shown once and kept as its digest; a token holds no right, project or time that its account
has not; it never outlives the password under which it was made, nor a shut account, main account or unit (`triggers`).
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models.roles import Permission
from apps.scope.managers import ScopedManager, ScopeLookups

LONGEST_NAME = 30


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self) -> "TokenQuerySet":
        """Those that would still be let in."""
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class Token(models.Model):
    """`project_ids` `None`: all of the account's. `networks` are CIDR ranges, none: from everywhere.

    `hint` is how the secret begins, so that its owner knows which one a program has.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号"
    )
    name = models.CharField("名称", max_length=LONGEST_NAME)
    digest = models.CharField(max_length=64, unique=True, editable=False, db_collation="C")
    hint = models.CharField("开头", max_length=12, editable=False)
    rights = ArrayField(
        models.CharField(max_length=20, choices=Permission.choices), verbose_name="权限"
    )
    project_ids = ArrayField(models.BigIntegerField(), null=True, verbose_name="指定项目")
    networks = ArrayField(
        models.CharField(max_length=43), default=list, blank=True, verbose_name="允许的地址"
    )
    created_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("到期时间")
    last_used_at = models.DateTimeField("最近使用时间", null=True)
    last_address = models.GenericIPAddressField("最近使用地址", null=True)
    ended_at = models.DateTimeField("终止时间", null=True)
    ended_by = models.CharField("终止人", max_length=200, blank=True, default="", db_default="")

    objects = ScopedManager.from_queryset(TokenQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="account__path", enterprise="account__enterprise_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="token_name_once_while_live",
                fields=["account", "name"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="token_ends_after_it_begins",
                condition=Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rights_in_words(self) -> str:
        return "、".join(label for code, label in Permission.choices if code in self.rights)
