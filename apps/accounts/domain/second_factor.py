"""Two-step verification (TOTP): who needs it, by `REQUIRE_TOTP` = off | admin | bureaus."""

from typing import Any

from django.conf import settings

from apps.accounts.models import User
from apps.accounts.models.roles import Role

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)


def is_required(user: User) -> bool:
    """Administrators from `admin` on, bureaus from `bureaus` on; institutions and enterprises never."""
    if settings.REQUIRE_TOTP == "bureaus" and user.role in BUREAUS:
        return True
    return settings.REQUIRE_TOTP in {"admin", "bureaus"} and user.is_staff


def confirmed_device(user: User) -> Any:
    return user.totpdevice_set.filter(confirmed=True).first()  # type: ignore[attr-defined]


def missing_factor(user: Any) -> str:
    """The page that `user` must visit first (setup or verification), or an empty text."""
    if not is_required(user) or user.is_verified():
        return ""
    return "accounts:totp_verify" if confirmed_device(user) else "accounts:totp_setup"
