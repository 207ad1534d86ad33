"""Authenticators of persons in tests: bound without the pages, and the code that they show."""

import time

from django.utils import timezone
from django_otp.oath import TOTP

from apps.accounts.domain.authenticators import key_of
from apps.accounts.domain.sealing import seal_key
from apps.accounts.models import Authenticator, User
from apps.scope.context import whole_country

KEY = b"twenty bytes of key."


def bound(person: User) -> Authenticator:
    """A confirmed authenticator."""
    with whole_country(reason="test"):
        User.objects.filter(pk=person.pk).update(second_factor_at=timezone.now())
        person.refresh_from_db(fields=["second_factor_at"])
        return Authenticator.objects.create(user=person, confirmed=True, sealed_key=seal_key(KEY))


def token(device: Authenticator) -> str:
    """What it shows now."""
    totp = TOTP(key_of(device))
    totp.time = time.time()
    return f"{totp.token():06d}"
