"""Two-step verification (TOTP): who needs it, who has it.

`REQUIRE_TOTP` = off | admin | bureaus | all says who must have it; everybody else may (`authenticators` binds it).
Invariant: who has bound an authenticator needs its code for everything behind the login.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from apps.accounts.models import Authenticator, User
from apps.accounts.models.roles import Role

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)


def is_required(user: User) -> bool:
    """Administrators from `admin` on, bureaus from `bureaus` on; institutions and enterprises by `all` alone."""
    if settings.REQUIRE_TOTP == "all":
        return True
    if settings.REQUIRE_TOTP == "bureaus" and user.role in BUREAUS:
        return True
    return settings.REQUIRE_TOTP in {"admin", "bureaus"} and user.is_staff


def has_factor(user: User) -> bool:
    """Known with the account, without a question to the database."""
    return user.second_factor_at is not None


def confirmed_device(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, confirmed=True).first()  # type: ignore[no-any-return]


def missing_factor(user: Any) -> str:
    """The page that `user` must visit first (setup or verification), or an empty text."""
    if has_factor(user):
        return "" if user.is_verified() else "accounts:totp_verify"
    return "accounts:totp_setup" if is_required(user) else ""


def forget_factors(accounts: Sequence[User]) -> list[User]:
    """Unbind them and return those that had one; the caller saves `second_factor_at` in the same transaction."""
    lifted = [account for account in accounts if has_factor(account)]
    Authenticator.objects.filter(user__in=[account.pk for account in accounts]).delete()
    for account in lifted:
        account.second_factor_at = None
    return lifted
