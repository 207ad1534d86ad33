"""How old a password may grow: first its owner is told, then nothing else is possible.

`PASSWORD_MAX_AGE_DAYS` (0: for ever), `PASSWORD_WARN_DAYS` and `FIRST_PASSWORD_DAYS` (0: for ever) are days.
"""

import math
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User

DAY = timedelta(days=1)


def days_left(account: User) -> int | None:
    """Whole days, begun ones counted, until the password has to be changed; `None` if it never has to."""
    if not settings.PASSWORD_MAX_AGE_DAYS or account.password_changed_at is None:
        return None
    end = account.password_changed_at + settings.PASSWORD_MAX_AGE_DAYS * DAY
    left: float = (end - timezone.now()) / DAY
    return max(0, math.ceil(left))


def is_too_old(account: User) -> bool:
    return days_left(account) == 0


def first_is_over(account: User) -> bool:
    """Whether the password is one that somebody else gave out, and was left lying for too long."""
    if not account.must_change_password or not settings.FIRST_PASSWORD_DAYS:
        return False
    given = account.password_changed_at
    return given is not None and given + settings.FIRST_PASSWORD_DAYS * DAY < timezone.now()


def warning_of(account: User) -> str:
    """What the owner is told at the login; empty while there is time."""
    left = days_left(account)
    if not left or left > settings.PASSWORD_WARN_DAYS:
        return ""
    return f"您的密码还有 {left} 天到期，请在“账号安全”中修改；到期后须先修改密码才能办理业务。"
