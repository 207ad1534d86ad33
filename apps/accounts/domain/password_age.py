"""How old a password may grow: first its owner is told, then nothing else is possible.

`PASSWORD_MAX_AGE_DAYS` (0: for ever) and `PASSWORD_WARN_DAYS` are days.
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


def warning_of(account: User) -> str:
    """What the owner is told at the login; empty while there is time."""
    left = days_left(account)
    if not left or left > settings.PASSWORD_WARN_DAYS:
        return ""
    return f"您的密码还有 {left} 天到期，请在“账号安全”中修改；到期后须先修改密码才能办理业务。"
