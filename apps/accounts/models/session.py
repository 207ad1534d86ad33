"""Sessions, with the account that is signed in: one statement finds both for every request.

Invariant: a session never outlives a change of the password or a shut account (`triggers`), so nothing brings it back.
"""

import uuid
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

LONGEST_BROWSER = 60


class Session(AbstractBaseSession):
    """What a browser's cookie stands for. Without an account nobody is signed in.

    `handle` names it on the page of its owner: the key itself is the secret and never leaves the cookie. The other
    columns repeat what the session holds, so that its owner can be shown it.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signed_in_at = models.DateTimeField("登录时间", null=True)
    last_seen_at = models.DateTimeField("最近操作时间", null=True)
    address = models.GenericIPAddressField("登录地址", null=True)
    browser = models.CharField("浏览器", max_length=LONGEST_BROWSER, blank=True)
    # Who came through a service: its logout from outside finds the session by these. No index: few rows, few logouts.
    identity = models.ForeignKey(
        "accounts.Identity", models.CASCADE, null=True, related_name="+", db_index=False
    )
    outer_session = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Named by the settings, as for Django itself: the store reads this model."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class UsualAddress(models.Model):
    """An address from which an account has signed in: strangers who guess elsewhere don't make it wait there."""

    username = models.CharField("用户名", max_length=255)
    address = models.GenericIPAddressField("地址")
    last_at = models.DateTimeField("最近登录时间")

    class Meta:
        verbose_name = verbose_name_plural = "常用登录地址"
        constraints = [
            models.UniqueConstraint(fields=["username", "address"], name="usual_address_once")
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.address}"
