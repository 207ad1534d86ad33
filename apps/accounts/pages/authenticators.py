"""Codes of authenticators and the sessions that they verify."""

from django.db import transaction
from django.http import HttpRequest
from django_otp import login as otp_login

from apps.accounts.domain import authenticators
from apps.accounts.domain.actors import Actor
from apps.accounts.models import Authenticator


@transaction.atomic
def confirm_device(*, by: Actor, request: HttpRequest, device: Authenticator, token: str) -> bool:
    """Bind the device if the code fits; the session counts as verified."""
    if not authenticators.confirm_device(by=by, device=device, token=token):
        return False
    device.refresh_from_db()
    otp_login(request, device)
    return True


@transaction.atomic
def verify(*, request: HttpRequest, device: Authenticator | None, token: str) -> bool:
    """Verify the session; after a wrong code the device makes the next try wait, longer each time."""
    if device is None or not authenticators.takes(device, token):
        return False
    otp_login(request, device)
    return True
