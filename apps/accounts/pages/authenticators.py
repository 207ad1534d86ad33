"""Binding an authenticator to an account and verifying its codes."""

from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.services import record

NAME = "authenticator"


@transaction.atomic
def pending_device(*, by: Actor) -> TOTPDevice:
    """The not yet confirmed device that the setup page shows; the same one until it is confirmed."""
    User.objects.select_for_update(no_key=True).filter(pk=by.user.pk).first()  # type: ignore[union-attr]
    device, _ = TOTPDevice.objects.get_or_create(user=by.user, confirmed=False, name=NAME)
    return device


@transaction.atomic
def confirm_device(*, by: Actor, request: HttpRequest, device: TOTPDevice, token: str) -> bool:
    """Bind the device if the code fits; the session counts as verified."""
    if not _verified(device, token):
        return False
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    otp_login(request, device)
    account = device.user
    record(
        by=by,
        verb="绑定两步验证",
        object=account.username,
        sentence="为自己的账号绑定了认证器。",
        path=account.log_path,
        enterprise_id=account.enterprise_id,
    )
    return True


@transaction.atomic
def verify(*, request: HttpRequest, device: TOTPDevice, token: str) -> bool:
    """Verify the session; after a wrong code the device makes the next try wait, longer each time."""
    if not _verified(device, token):
        return False
    otp_login(request, device)
    return True


def _verified(device: TOTPDevice, token: str) -> bool:
    locked = TOTPDevice.objects.select_for_update().get(pk=device.pk)
    allowed, _ = locked.verify_is_allowed()
    return bool(allowed and locked.verify_token(token))
