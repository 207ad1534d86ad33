"""Sessions past their time: the log is told of those that nobody signed out of, then they are removed."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from apps.accounts.domain.actors import Actor
from apps.accounts.models import Session
from apps.audit.domain.security import Verb
from apps.audit.services import Entry, record_many

BATCH = 5_000


@transaction.atomic
def remove_expired_sessions() -> None:
    """One entry for each session that still had its account; then the store clears all that are past their time."""
    expired = Session.objects.filter(expire_date__lt=timezone.now(), account__isnull=False)
    sessions = expired.select_related("account").order_by("expire_date", "session_key")
    entries: list[Entry] = []
    for session in sessions.iterator(chunk_size=BATCH):
        entries.append(_entry(session))
        if len(entries) == BATCH:
            record_many(by=Actor.system(), entries=entries)
            entries = []
    record_many(by=Actor.system(), entries=entries)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _entry(session: Session) -> Entry:
    account: Any = session.account
    at = f"{localtime(session.expire_date):%Y-%m-%d %H:%M}"
    return Entry(
        Verb.SESSION_EXPIRED,
        account.username,
        f"会话没有退出，已于 {at} 到期失效。",
        account.log_path,
        enterprise_id=account.enterprise_id,
    )
