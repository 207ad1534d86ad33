"""Saying that something happened: in the transaction of the act, with one statement, however many it concerns.

Who asked to be told is found by the database, in the same statement (`apps.subscriptions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from apps.scope.database import send
from apps.scope.sql import Alike, Insert

from .event import Event, EventName
from .models import MessageKind

OF_MESSAGE: Mapping[str, EventName] = {
    MessageKind.REMINDER: EventName.REMINDED,
    MessageKind.WITHDRAWAL: EventName.WITHDRAWAL_ASKED,
    MessageKind.ANSWER: EventName.WITHDRAWAL_DECIDED,
    MessageKind.HISTORY: EventName.HISTORY,
    MessageKind.DELIVERY: EventName.DELIVERY,
    MessageKind.VOLUMES: EventName.VOLUMES,
    MessageKind.SUBSTITUTION: EventName.SUBSTITUTED,
    MessageKind.SUPPLEMENT: EventName.SUPPLEMENT,
    MessageKind.TIMES: EventName.EXTENDED,
    MessageKind.ACCOUNT: EventName.ACCOUNT,
    MessageKind.CORRECTION: EventName.CORRECTED,
    MessageKind.ROUND: EventName.ROUND,
    MessageKind.PUBLISHED: EventName.PUBLISHED,
    MessageKind.DEADLINE: EventName.FOUR_HOURS,
    MessageKind.REVIEW: EventName.RETURNED,
    MessageKind.PUSH: EventName.PUSH,
    MessageKind.NOTICE: EventName.NOTICE,
    MessageKind.APPEAL: EventName.APPEALED,
    MessageKind.APPEALED: EventName.APPEAL_ANSWERED,
}
"""What a message tells, unless its letter says it more exactly."""


@dataclass(slots=True)
class Happening:
    """The values of an `Event` that is to be written."""

    name: EventName
    path: str
    project_id: int | None = None
    account_id: int | None = None
    state: str = ""
    object_kind: str = ""
    object_id: int | None = None
    at: datetime = field(default_factory=timezone.now)


def announce(happenings: Sequence[Happening]) -> None:
    """One insert; nothing is read back."""
    if happenings:
        send(Insert(happenings, model=Event))


def announce_to_all(paths: Sequence[str], happening: Happening) -> None:
    """The same to every unit of `paths`, whatever the path of `happening`."""
    send(Alike(happening, model=Event, named="path", values=paths))
