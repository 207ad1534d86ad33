"""Writing and checking the hash chain of each filing's events."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.actors import Actor
from apps.audit.request_id import current_request_id

from .models import Filing, FilingEvent
from .statuses import Status


@dataclass(frozen=True, slots=True)
class Change:
    """One filing's step, before it is written."""

    filing: Filing
    source: Status
    target: Status
    deadline: datetime | None = None


def write_events(
    changes: Sequence[Change], *, action: str, by: Actor, reason: str, at: datetime
) -> None:
    """Append one event for each change: one read of the heads, one insert.

    The filings are locked by the caller and carry their new version, which is the event's sequence.
    """
    heads = _heads([change.filing.pk for change in changes])
    FilingEvent.objects.bulk_create(
        _event(change, heads.get(change.filing.pk, ""), action=action, by=by, reason=reason, at=at)
        for change in changes
    )


def _heads(filing_ids: list[int]) -> dict[int, str]:
    rows = (
        FilingEvent.objects.filter(filing_id__in=filing_ids)
        .order_by("filing_id", "-sequence")
        .distinct("filing_id")
        .values_list("filing_id", "hash")
    )
    return dict(rows)


def _event(
    change: Change, previous: str, *, action: str, by: Actor, reason: str, at: datetime
) -> FilingEvent:
    event = FilingEvent(
        filing=change.filing,
        sequence=change.filing.version,
        at=at,
        action=action,
        source=change.source,
        target=change.target,
        actor=by.user,
        actor_name=by.name,
        organization_name=by.organization.name if by.organization else "",
        on_behalf_of=by.on_behalf_of.name if by.on_behalf_of else "",
        reason=reason,
        deadline=change.deadline,
        request_id=current_request_id(),
        previous_hash=previous,
    )
    event.hash = digest(event)
    return event


def digest(event: FilingEvent) -> str:
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
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
