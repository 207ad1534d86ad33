"""Messages to single units: written in the transaction of the act they tell.

Every message stands in the unit's inbox. One with a phone also leaves the platform (催报): a task empties the outbox
through the message backend, a minute later at most, so that no page waits for a gateway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import get_script_prefix
from django.utils import timezone

from apps.audit.services import Author
from apps.scope.database import send
from apps.scope.sql import Alike, Insert

from .announcing import OF_MESSAGE, Happening, announce, announce_to_all
from .backends import Outgoing, hand_over
from .event import EventName
from .models import Message, MessageKind

AT_ONCE = 500
LONGEST_WORDS = 200
"""That a bureau adds to a 催报."""
GIVEN_UP_AFTER = timedelta(days=1)
"""A message that no gateway took for so long stays in the inbox only."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before its sender is known; `path` is the recipient's. With `phone` it also leaves the platform."""

    path: str
    title: str
    body: str
    url: str = ""
    project_id: int | None = None
    contact_name: str = ""
    phone: str = ""
    event: EventName | None = None
    happening: Happening | None = None
    """What happened, where the kind of the message doesn't say it (`OF_MESSAGE`)."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of the chosen units."""

    sent: int
    too_soon: int
    settled: int
    unreachable: int = 0
    """Units without an account: nobody reads it there, and they aren't counted as reminded."""

    @property
    def in_words(self) -> str:
        parts = [f"已催报 {self.sent:,} 家"]
        if self.unreachable:
            parts.append(f"另有 {self.unreachable:,} 家没有账号，没有送达，请打电话联系")
        if self.too_soon:
            parts.append(f"{self.too_soon:,} 家在 {settings.REMIND_AGAIN_HOURS} 小时内已催报过")
        if self.settled:
            parts.append(f"{self.settled:,} 家无需催报")
        return "，".join(parts) + "。"


@dataclass(slots=True)
class _Written:
    """The values of a `Message`; making models of many takes longer than writing them."""

    kind: MessageKind
    path: str
    project_id: int | None
    title: str
    body: str
    url: str
    contact_name: str
    phone: str
    sender_id: int | None
    sender_name: str
    sent_at: datetime
    handed_over_at: None = None
    read_at: None = None
    read_by_id: None = None


@transaction.atomic
def send_letters(letters: Sequence[Letter], *, kind: MessageKind, by: Author) -> int:
    """Put each letter into its unit's inbox and announce it: one insert each. Returns their number."""
    now = timezone.now()
    if letters:
        # Reads nothing back: the recipient may stand above or beside.
        send(Insert(_written(letters, kind, by, now), model=Message))
        announce([_told(letter, kind, now) for letter in letters])
    return len(letters)


@transaction.atomic
def send_to_all(paths: Sequence[str], letter: Letter, *, kind: MessageKind, by: Author) -> int:
    """The same letter to every unit of `paths`, whatever its own path: two inserts of no more than the paths."""
    now = timezone.now()
    if paths:
        (row,) = _written([letter], kind, by, now)
        send(Alike(row, model=Message, named="path", values=paths))
        announce_to_all(paths, _told(letter, kind, now))
    return len(paths)


def _written(
    letters: Sequence[Letter], kind: MessageKind, by: Author, now: datetime
) -> list[_Written]:
    prefix, sender = get_script_prefix(), by.user.pk if by.user else None
    unit = by.organization.name if by.organization else "系统"
    return [
        _Written(
            kind=kind,
            path=letter.path,
            project_id=letter.project_id,
            title=letter.title[:200],
            body=letter.body[:1_000],
            url=f"/{letter.url.removeprefix(prefix)}" if letter.url else "",
            contact_name=letter.contact_name,
            phone=letter.phone,
            sender_id=sender,
            sender_name=unit,
            sent_at=now,
        )
        for letter in letters
    ]


def _told(letter: Letter, kind: MessageKind, now: datetime) -> Happening:
    name = letter.event or OF_MESSAGE[kind]
    return letter.happening or Happening(name, letter.path, letter.project_id, at=now)


def reminded_lately(project_id: int, paths: Sequence[str]) -> frozenset[str]:
    """Those of these units that were reminded of the project within `REMIND_AGAIN_HOURS`."""
    since = timezone.now() - timedelta(hours=settings.REMIND_AGAIN_HOURS)
    rows = Message.objects.filter(
        project_id=project_id, kind=MessageKind.REMINDER, path__in=paths, sent_at__gt=since
    )
    return frozenset(rows.values_list("path", flat=True))


def open_message(message: Message, *, by: Author) -> None:
    """Leave the receipt of the first account of the recipient's unit to open it; others only look."""
    user: Any = by.user
    if user is not None and user.path == message.path:
        Message.objects.filter(pk=message.pk).unread().update(read_at=timezone.now(), read_by=user)


def mark_all_read(*, by: Author, among: QuerySet[Message] | None = None) -> int:
    """Receipts for everything in the inbox of the account's unit, or for these of it. Returns how many were unread."""
    user: Any = by.user
    rows = Message.objects.all() if among is None else among
    unread = rows.to_unit(user).unread()  # type: ignore[attr-defined]
    return int(unread.update(read_at=timezone.now(), read_by=user))


def empty_outbox() -> int:
    """Hand waiting messages to the backend, the oldest first. Returns how many left.

    Marked only once the backend took them: after a crash in between they leave twice rather than never.
    """
    since = timezone.now() - GIVEN_UP_AFTER
    waiting = list(
        Message.objects.all().waiting().filter(sent_at__gte=since).order_by("pk")[:AT_ONCE]
    )
    taken = hand_over([Outgoing(m.pk, m.contact_name, m.phone, m.body) for m in waiting])
    Message.objects.filter(pk__in=taken).update(handed_over_at=timezone.now())
    return len(taken)
