"""Binding an authenticator, taking its codes, unbinding it.

Invariants: one code is good once; nobody binds an authenticator without the account's password; it is unbound by its
own code or by the tier above, and the log says so.
"""

from secrets import token_bytes

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import (
    SecondPersonNeeded,
    locked_account,
    needs_second_person,
    own_account,
    record_of,
)
from apps.accounts.domain.proofs import require_proof
from apps.accounts.domain.sealing import SealBroken, seal_key, unseal_key
from apps.accounts.domain.second_factor import (
    confirmed_device,
    forget_factors,
    has_factor,
    is_required,
)
from apps.accounts.models import Authenticator, User

KEY_LENGTH = 20
"""Bytes, as RFC 4226 recommends."""


class FactorRequired(Exception):
    """`REQUIRE_TOTP` wants the account to have a second factor: it can't be without."""


@transaction.atomic
def pending_device(*, by: Actor) -> Authenticator:
    """The not yet confirmed device that the setup page shows; the same one until it is confirmed."""
    account = own_account(by)
    waiting = Authenticator.objects.filter(user=account, confirmed=False)
    for device in waiting:
        if key_of(device) is not None:
            return device  # type: ignore[no-any-return]
    waiting.delete()
    sealed = seal_key(token_bytes(KEY_LENGTH))
    return Authenticator.objects.create(user=account, confirmed=False, sealed_key=sealed)  # type: ignore[no-any-return]


def key_of(device: Authenticator) -> bytes | None:
    """The shared secret; `None` if its seal doesn't open: then only the tier above helps."""
    try:
        return unseal_key(bytes(device.sealed_key))
    except SealBroken:
        return None


@transaction.atomic
def takes(device: Authenticator | None, token: str) -> bool:
    """Whether the code is right; also of those that come at once each is good once.

    What it opened is sealed by the first key from now on.
    """
    if device is None:
        return False
    held: Authenticator = Authenticator.objects.select_for_update().get(pk=device.pk)
    key = key_of(held)
    if key is None or not held.takes(token, key):
        return False
    held.sealed_key = seal_key(key)
    held.save(update_fields=["sealed_key"])
    return True


@transaction.atomic
def confirm_device(*, by: Actor, device: Authenticator, token: str) -> bool:
    """Bind the device if the code fits and none is bound. Raises `ProofMissing`."""
    require_proof(by=by, asked=True)
    account = own_account(by)
    if has_factor(account) or not takes(device, token):
        return False
    Authenticator.objects.filter(pk=device.pk).update(confirmed=True)
    account.second_factor_at = timezone.now()
    account.save(update_fields=["second_factor_at"])
    record_of(by, account, "绑定两步验证", "为自己的账号绑定了认证器。")
    return True


@transaction.atomic
def remove_own_factor(*, by: Actor, token: str) -> bool:
    """Unbind one's own authenticator by one of its codes. Raises `FactorRequired`."""
    account = own_account(by)
    if is_required(account):
        raise FactorRequired
    if not takes(confirmed_device(account), token):
        return False
    _forget(account)
    record_of(by, account, "解除两步验证", "解除了自己账号的两步验证。")
    return True


@transaction.atomic
def lift_factor(*, by: Actor, account_id: int) -> User:
    """Unbind what somebody below has lost; the password stays.

    Of the alliance, a province or an administrator it goes with a reset, which takes two.
    Raises `NotBelow`, `RightMissing`, `BeyondReach`, `SecondPersonNeeded`.
    """
    account = locked_account(by, account_id)
    if needs_second_person(by, account):
        raise SecondPersonNeeded
    if has_factor(account):
        _forget(account)
        sentence = f"解除了账号 {account.username}（{account}）的两步验证。"
        record_of(by, account, "解除两步验证", sentence)
    return account


def _forget(account: User) -> None:
    forget_factors([account])
    account.save(update_fields=["second_factor_at"])


def reseal() -> tuple[int, int]:
    """Seal what is bound by the first key: how many were, and how many open by none of ours and stay as they are."""
    sealed, broken = 0, 0
    with transaction.atomic():
        for device in Authenticator.objects.select_for_update().order_by("pk"):
            key = key_of(device)
            if key is None:
                broken += 1
                continue
            device.sealed_key = seal_key(key)
            device.save(update_fields=["sealed_key"])
            sealed += 1
    return sealed, broken
