"""Writing and checking the hash chain of each filing's events."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, F, Value

from apps.accounts.domain.actors import Actor
from apps.audit.request_id import current_request_id
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Status
from apps.scope.database import send
from apps.scope.prepared import Among, Prepared
from apps.scope.sql import Insert


@dataclass(frozen=True, slots=True)
class Change:
    """One filing's step, before it is written."""

    filing: Filing
    source: Status
    target: Status
    deadline: datetime | None = None


@dataclass(slots=True)
class NewEvent:
    """The values of a `FilingEvent` that is to be written; making models of many takes longer than writing them."""

    filing_id: int
    sequence: int
    at: datetime
    action: str
    source: Status
    target: Status
    actor_id: int | None
    actor_name: str
    organization_name: str
    on_behalf_of: str
    reason: str
    deadline: datetime | None
    request_id: str
    previous_hash: str
    hash: str = ""


def write_events(
    changes: Sequence[Change],
    *,
    action: str,
    by: Actor,
    reason: str,
    at: datetime,
    heads: Mapping[int, str],
) -> None:
    """Append one event for each change: one insert.

    The filings are locked by the caller and carry their new version, which is the event's sequence; `heads` were
    read under the lock.
    """
    events = [
        _event(change, heads.get(change.filing.pk, ""), action=action, by=by, reason=reason, at=at)
        for change in changes
    ]
    send(Insert(events, model=FilingEvent))


def note_events(
    filings: Sequence[Filing], *, kind: str, by: Actor, reason: str, at: datetime
) -> None:
    """Something happened to locked filings that leaves their statuses: one event and one version more for each.

    Three statements. Their versions are those before; afterwards they carry the new ones.
    """
    pks = [filing.pk for filing in filings]
    Filing.objects.among(pks).update(version=F("version") + 1)
    for filing in filings:
        filing.version += 1
    changes = [Change(filing, filing.state, filing.state) for filing in filings]
    write_events(changes, action=kind, by=by, reason=reason[:LONGEST], at=at, heads=heads_of(pks))


LONGEST = 500
HEAD: Prepared[str] = Prepared(
    lambda filing: (
        FilingEvent.objects.filter(filing_id=filing)
        .order_by("-sequence")
        .values_list("hash", flat=True)[:1]
    ),
    filing=BigIntegerField(),
)
"""The latest hash of one filing; read for every report."""
OWN_HEAD: Prepared[str] = Prepared(
    lambda organization, code: (
        FilingEvent.objects.filter(filing__organization_id=organization, filing__project__code=code)
        .order_by("-sequence")
        .values_list("hash", flat=True)[:1]
    ),
    organization=BigIntegerField(),
    code=CharField(),
)
"""The same where no more is known than whose it is, and in the project of which code."""


def heads_of(filing_ids: Sequence[int]) -> dict[int, str]:
    """By filing id, the latest hash of its chain; absent before its first event."""
    rows = (
        FilingEvent.objects.filter(
            Among(F("filing_id"), Value(list(filing_ids), ArrayField(BigIntegerField())))
        )
        .order_by("filing_id", "-sequence")
        .distinct("filing_id")
        .values_list("filing_id", "hash")
    )
    return dict(rows)


def _event(
    change: Change, previous: str, *, action: str, by: Actor, reason: str, at: datetime
) -> NewEvent:
    event = NewEvent(
        filing_id=change.filing.pk,
        sequence=change.filing.version,
        at=at,
        action=action,
        source=change.source,
        target=change.target,
        actor_id=by.user.pk if by.user else None,
        actor_name=by.name,
        organization_name=by.own_unit.name if by.own_unit else "",
        on_behalf_of=by.in_place_of.name if by.in_place_of else "",
        reason=reason,
        deadline=change.deadline,
        request_id=current_request_id(),
        previous_hash=previous,
    )
    event.hash = digest(event)
    return event


def digest(event: FilingEvent | NewEvent) -> str:
    """SHA-256 over the event's content and the hash before it, in hexadecimal."""
    content = [
        event.previous_hash,
        event.filing_id,
        event.sequence,
        event.at.timestamp(),
        event.action,
        event.source,
        event.target,
        event.actor_id,
        event.actor_name,
        event.organization_name,
        event.on_behalf_of,
        event.reason,
        event.deadline.timestamp() if event.deadline else None,
        event.request_id,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
