"""How a receiver knows that a delivery is ours: HMAC-SHA256 of `timestamp.body` with a secret that both know.

Invariant: while a secret is being replaced, both sign: a receiver is right with either.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.domain.sealing import SealBroken, seal_for, unseal_for
from apps.scope.context import whole_country
from apps.subscriptions.models import Subscription

PURPOSE = b"fenliang.subscriptions.secret"
PREFIX = "fls_"
"""How every secret begins: whoever finds one in a file knows what it is."""
FORMER_SIGNS = timedelta(hours=24)
SCHEME = "v1"


def new_secret() -> str:
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def sealed(secret: str) -> bytes:
    return seal_for(PURPOSE, secret.encode())


def secrets_of(subscription: Subscription, at: datetime) -> list[str]:
    """The present one, then the former while it still signs. Raises `SealBroken`."""
    kept = [bytes(subscription.secret)]
    if subscription.former_until and at < subscription.former_until:
        kept.append(bytes(subscription.former_secret))
    return [unseal_for(PURPOSE, each).decode() for each in kept]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """In hexadecimal, with the scheme before it."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"{SCHEME}={signed.hexdigest()}"


def headers_of(
    subscription: Subscription, *, delivery: str, body: bytes, at: datetime
) -> dict[str, str]:
    """What goes with a body. Raises `SealBroken`."""
    timestamp = int(at.timestamp())
    signatures = [signature(secret, timestamp, body) for secret in secrets_of(subscription, at)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Fenliang-Webhook/1",
        "X-Fenliang-Id": delivery,
        "X-Fenliang-Timestamp": str(timestamp),
        "X-Fenliang-Signature": ",".join(signatures),
    }


@transaction.atomic
def reseal() -> tuple[int, int]:
    """Seal live secrets by the first of the keys, as those of authenticators: how many were, how many don't open."""
    done, broken = 0, 0
    with whole_country(reason="the command that seals anew"):
        live = Subscription.objects.all().live().webhooks()
        for hook in live.select_for_update(of=("self",), no_key=True).order_by("pk"):
            try:
                hook.secret = _sealed_anew(hook.secret)
                hook.former_secret = _sealed_anew(hook.former_secret)
            except SealBroken:
                broken += 1
                continue
            hook.save(update_fields=["secret", "former_secret"])
            done += 1
    return done, broken


def _sealed_anew(kept: bytes | memoryview) -> bytes:
    """Raises `SealBroken`."""
    return seal_for(PURPOSE, unseal_for(PURPOSE, bytes(kept))) if kept else b""
