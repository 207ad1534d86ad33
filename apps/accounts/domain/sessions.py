"""The sessions of an account: what its owner sees of them, ending them, and removing those past their time.

Invariant: nobody sees or ends a session of somebody else; the key of a session is shown to nobody.
"""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timezone import localtime

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import record_of
from apps.accounts.models import Session, User, UsualAddress
from apps.audit.domain.security import Verb
from apps.audit.services import Entry, record_many
from apps.folding.domain.folding import folded

SIGNED_IN, LAST_SEEN, ADDRESS, BROWSER = "signed_in", "last_seen", "address", "browser"
"""Keys of what a session holds: seconds since 1970, an address, words."""
IDENTITY, OUTER_SESSION = "identity", "outer_session"
"""Of who came through a service: the key of the identity, the digest of the session there."""
KEPT_ADDRESSES = 20
"""Addresses of an account that are remembered as usual ones."""


def live_sessions(account: User) -> QuerySet[Session]:
    """Those that would still be let in, the last used first."""
    now = timezone.now()
    oldest = now - timedelta(seconds=settings.SESSION_LIFETIME)
    idle = now - timedelta(seconds=settings.IDLE_TIMEOUT)
    return Session.objects.filter(
        account=account, expire_date__gt=now, signed_in_at__gt=oldest, last_seen_at__gt=idle
    ).order_by("-last_seen_at", "handle")


@transaction.atomic
def end_session(*, by: Actor, handle: UUID) -> bool:
    """End one of the person's own sessions; whether there was one."""
    account = _owner(by)
    session = Session.objects.filter(account=account, handle=handle).first()
    if session is None:
        return False
    where = f"{session.address or '未知地址'} · {session.browser or '未知浏览器'}"
    session.delete()
    record_of(by, account, "退出会话", f"结束了自己在其他地方的登录（{where}）。")
    return True


@transaction.atomic
def end_other_sessions(*, by: Actor, kept: str) -> int:
    """退出其他: all of the person's sessions but the one with the key `kept`. Returns how many were live."""
    account = _owner(by)
    others = Session.objects.filter(account=account).exclude(session_key=kept)
    live = live_sessions(account).exclude(session_key=kept).count()
    others.delete()
    if live:
        record_of(by, account, "退出其他会话", f"结束了自己在其他地方的 {live} 个登录。")
    return live


def _owner(by: Actor) -> User:
    if by.user is None:
        raise ValueError("The system has no sessions.")
    return by.user


def remember_address(account: User, address: str, at: datetime) -> None:
    """The account has signed in from here."""
    username = folded(account.username)
    UsualAddress.objects.update_or_create(
        username=username, address=address, defaults={"last_at": at}
    )
    known = UsualAddress.objects.filter(username=username).order_by("-last_at", "-pk")
    forgotten = list(known.values_list("pk", flat=True)[KEPT_ADDRESSES:])
    UsualAddress.objects.filter(pk__in=forgotten).delete()


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
