"""Sessions, with the account that is signed in: one statement finds both for every request."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """What a browser's cookie stands for. Without an account nobody is signed in."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Named by the settings, as for Django itself: the store reads this model."""
        return import_module(settings.SESSION_ENGINE).SessionStore
