"""The second factor of an account: an authenticator app (TOTP, RFC 6238).

Invariant: the secret that the app shares with us rests sealed; a copy of the table makes no codes.
"""

import time
from base64 import b32encode
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

STEP = 30
"""Seconds for which a code is shown."""
DIGITS = 6
TOLERANCE = 1
"""Steps that a telephone's clock may be off."""

MOST_DOUBLINGS = 11
"""Of the wait after a wrong code: a quarter of an hour, and not for ever by somebody else's guesses."""


class Authenticator(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc]
    """An app on somebody's telephone. Until `confirmed` it is only offered on the page that binds it.

    `last_t`: the step of the last code that was taken; no code of this step or of one before is taken again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sealed_key = models.BinaryField()
    last_t = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name = verbose_name_plural = "认证器"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(confirmed=True),
                name="authenticator_one_confirmed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.user_id}"

    def takes(self, token: str, key: bytes) -> bool:
        """Whether the code fits now and was not used; wrong ones make the next try wait, longer each time."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        totp = TOTP(key, STEP, 0, DIGITS)
        totp.time = time.time()
        fits = token.isascii() and token.isdigit()
        if not (fits and totp.verify(int(token), TOLERANCE, self.last_t + 1)):
            self.throttle_increment(commit=False)
            failed: int = self.throttling_failure_count  # type: ignore[has-type]
            self.throttling_failure_count = min(failed, MOST_DOUBLINGS)
            self.save()
            return False
        self.last_t = totp.t()
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Seconds after the first wrong code; they double with each."""
        return 1

    def address_for(self, key: bytes) -> str:
        """What the QR code holds."""
        label = f"{settings.OTP_TOTP_ISSUER}:{self.user.get_username()}"
        asked: dict[str, Any] = {
            "secret": b32encode(key).decode(),
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": STEP,
            "issuer": settings.OTP_TOTP_ISSUER,
        }
        return f"otpauth://totp/{quote(label)}?{urlencode(asked)}"
