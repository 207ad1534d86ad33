"""The sessions of an account: what its owner sees of them, and ending them.

Invariant: nobody sees or ends a session of somebody else; the key of a session is shown to nobody.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import record_of
from apps.accounts.models import Session, User, UsualAddress
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
