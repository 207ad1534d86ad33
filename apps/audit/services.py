"""Writing the operation log: every service calls `record` or `record_many` inside its own transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone

from apps.scope.together import Ask, Touched, send

from .request_id import current_request_id

WRITE = """
    INSERT INTO audit_logentry (at, actor_id, actor_name, organization_name, request_id,
        on_behalf_of, path, enterprise_id, project_code, verb, object, sentence)
    SELECT %(at)s, %(actor)s, %(actor_name)s, %(organization_name)s, %(request_id)s, entry.*
    FROM unnest(%(places)s::text[], %(paths)s::text[], %(enterprises)s::bigint[], %(projects)s::text[],
        %(verbs)s::text[], %(objects)s::text[], %(sentences)s::text[]) AS entry
"""


class Author(Protocol):
    """Who acts: `accounts.Actor`, seen from below."""

    @property
    def user(self) -> Any: ...
    @property
    def organization(self) -> Any: ...
    @property
    def on_behalf_of(self) -> Any: ...

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


def record_many(*, by: Author, entries: Iterable[Entry]) -> None:
    """Write many entries with one insert."""
    send(ask_record(by, list(entries)))


def ask_record(by: Author, entries: Sequence[Entry]) -> Ask[int]:
    """The same, to be sent together with the act that it tells."""
    place = by.on_behalf_of.name if by.on_behalf_of else ""
    return Touched(
        WRITE,
        {
            "at": timezone.now(),
            "actor": by.user.pk if by.user else None,
            "actor_name": (by.user.name or by.user.username) if by.user else "系统",
            "organization_name": by.organization.name if by.organization else "",
            "request_id": current_request_id(),
            "places": [place or entry.on_behalf_of for entry in entries],
            "paths": [entry.path for entry in entries],
            "enterprises": [entry.enterprise_id for entry in entries],
            "projects": [entry.project_code for entry in entries],
            "verbs": [entry.verb[:40] for entry in entries],
            "objects": [entry.object[:200] for entry in entries],
            "sentences": [entry.sentence for entry in entries],
        },
    )
