"""What state an account is in, as one word with its colour: derived, never stored."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.folding.domain.folding import folded


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """A status pill."""

    key: str
    label: str
    tone: str


DISABLED = AccountStatus("disabled", "禁用", "closed")
LOCKED = AccountStatus("locked", "登录受限", "danger")
NEW = AccountStatus("new", "未登录", "neutral")
ACTIVE = AccountStatus("active", "启用", "success")
STATUSES = (ACTIVE, NEW, LOCKED, DISABLED)


def status_of(account: User, locked: frozenset[str]) -> AccountStatus:
    """The most urgent of the account's states; `locked` are the folded usernames that have to wait."""
    if not account.is_active:
        return DISABLED
    if folded(account.username) in locked:
        return LOCKED
    return NEW if account.last_login is None else ACTIVE
