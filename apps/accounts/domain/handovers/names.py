"""Who had an account when: whatever was done before a handover bears the old name. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from apps.accounts.models import Handover, User


@dataclass
class Holders:
    """Who an account was at a moment; one statement for each account that was ever handed over."""

    _known: dict[int, Sequence[tuple[datetime, str]]] = field(default_factory=dict)

    def name(self, account: User | None, at: datetime | None) -> str:
        """The name then; that of now where the account never passed on. Empty for nobody."""
        if account is None:
            return ""
        if account.handed_over_at is None or at is None or at >= account.handed_over_at:
            return str(account)
        if account.pk not in self._known:
            rows = Handover.objects.filter(account=account).order_by("at")
            self._known[account.pk] = list(rows.values_list("at", "name_before"))
        return next((name for until, name in self._known[account.pk] if at < until), str(account))
