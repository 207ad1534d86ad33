"""What every page and every home shows of notices: compiled once for all accounts that stand equally deep."""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from apps.scope.database import Ask, send
from apps.scope.paths import ROOT, lineage
from apps.scope.prepared import MARK, Prepared

from .models import Message, Notice, NoticeKind

AT_MOST = 100
"""Of notices and of messages each: the bell says no more."""
SHOWN = 5
NOBODY = -(2**62)


def unread_count(user: Any) -> int:
    """Notices in force that this account has not opened, and unread messages to its unit; one statement."""
    asked = ask_unread(user)
    send(asked)
    return len(asked.answer)


def ask_unread(user: Any) -> Ask[list[tuple[int]]]:
    """The same as rows, to be sent together with other things."""
    return _unread(_depth(user)).ask(**_told(user))


def ask_latest(user: Any) -> Ask[list[Notice]] | None:
    """The first of what reaches the account, each with `is_read`; nothing to ask at the root: nobody is above."""
    return None if user.path == ROOT else _latest(_depth(user)).ask(**_told(user))


def _depth(user: Any) -> int:
    return len(_lineage(user.path))


def _lineage(path: str | None) -> list[str]:
    return lineage(path) if path else []


def _told(user: Any) -> dict[str, Any]:
    places = {f"place{depth}": place for depth, place in enumerate(_lineage(user.path))}
    return {"account": user.pk, "role": user.role, **places}


def _reader(depth: int) -> tuple[Any, Mapping[Any, str]]:
    """An account so deep in the tree that nobody is, and what stands for whom in what it asks."""
    reader = SimpleNamespace(
        pk=NOBODY, role=f"{MARK}role", path="/" + f"{MARK}/" * depth if depth else None
    )
    names = {place: name for name, place in _told(reader).items()}
    return reader, names


@cache
def _unread(depth: int) -> Prepared[tuple[int]]:
    reader, names = _reader(depth)

    def build() -> Any:
        reaching = Notice.objects.for_reader(reader).filter(kind=NoticeKind.NOTICE)
        unread = reaching.with_read(reader).filter(is_read=False)  # type: ignore[misc]
        unopened = unread.values_list("pk")[:AT_MOST]
        messages = Message.objects.to_unit(reader).unread().values_list("pk")[:AT_MOST]
        return unopened.union(messages, all=True)

    return Prepared(build, names)


@cache
def _latest(depth: int) -> Prepared[Notice]:
    reader, names = _reader(depth)

    def build() -> Any:
        reaching = Notice.objects.for_reader(reader).filter(kind=NoticeKind.NOTICE)
        return reaching.with_read(reader).recent_first()[:SHOWN]

    return Prepared(build, names)
