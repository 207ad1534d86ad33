"""Passwords that an account had. Invariant: whoever replaces a password, the database keeps its hash (`triggers`)."""

from django.conf import settings
from django.db import models


class FormerPassword(models.Model):
    """The hash of a password that a person had chosen; one-time passwords are not kept."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    encoded = models.CharField(max_length=128)
    replaced_at = models.DateTimeField("更换时间")

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"

    def __str__(self) -> str:
        return f"{self.account_id} {self.replaced_at}"
