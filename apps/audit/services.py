"""Writing the operation log: every service calls `record` or `record_many` inside its own transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from apps.scope.database import Ask, send
from apps.scope.sql import Insert

from .models import LogEntry
from .request_id import current_address, current_request_id

NOT_SIGNED_IN = "未登录"


class Author(Protocol):
    """Who acts: `accounts.Actor`, seen from below."""

    @property
    def user(self) -> Any: ...
    @property
    def name(self) -> str: ...
    @property
    def organization(self) -> Any: ...
    @property
    def own_unit(self) -> Any:
        """Whose person it is."""
        ...

    @property
    def in_place_of(self) -> Any:
        """The other unit in whose place it is done, if it is."""
        ...

    def may(self, permission: Any) -> bool:
        """Whether the author's account holds a right (`accounts.roles.Permission`)."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log before its author is known. `on_behalf_of`: the unit in whose place just this was done."""

    verb: str
    object: str
    sentence: str
    path: str
    project_code: str = ""
    enterprise_id: int | None = None
    on_behalf_of: str = ""


@dataclass(slots=True)
class NewEntry:
    """The values of a `LogEntry` that is to be written; making models of many takes longer than writing them."""

    actor_id: int | None
    actor_name: str
    organization_name: str
    on_behalf_of: str
    path: str
    enterprise_id: int | None
    project_code: str
    verb: str
    object: str
    sentence: str
    request_id: str
    address: str
    at: datetime | None = None


def record(
    *,
    by: Author,
    verb: str,
    object: str,  # noqa: A002  (the field's name)
    sentence: str,
    path: str,
    project_code: str = "",
    enterprise_id: int | None = None,
) -> None:
    """Write one entry."""
    record_many(by=by, entries=[Entry(verb, object, sentence, path, project_code, enterprise_id)])


def record_many(*, by: Author | None, entries: Iterable[Entry]) -> None:
    """Write many entries with one insert. `None`: nobody is signed in."""
    if written := [_written(by, entry) for entry in entries]:
        send(Insert(written, model=LogEntry))


def ask_record(by: Author, entry: Entry) -> Ask[int]:
    """One entry, to be sent together with the act that it tells."""
    return Insert([_written(by, entry)], model=LogEntry)


def _written(by: Author | None, entry: Entry) -> NewEntry:
    user, unit = (by.user, by.own_unit) if by else (None, None)
    return NewEntry(
        actor_id=user.pk if user else None,
        actor_name=by.name if by else NOT_SIGNED_IN,
        organization_name=unit.name if unit else "",
        on_behalf_of=by.in_place_of.name if by and by.in_place_of else entry.on_behalf_of,
        path=entry.path,
        enterprise_id=entry.enterprise_id,
        project_code=entry.project_code,
        verb=entry.verb[:40],
        object=entry.object[:200],
        sentence=entry.sentence,
        request_id=current_request_id(),
        address=current_address(),
    )
