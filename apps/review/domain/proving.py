"""Whether the events of every filing still are what was written, and say of the filing what it says of itself.

Nothing here shares a definition with `events`, which writes them: the chain is recomputed from the columns of the rows.
Seals over the same rows are the audit's (`apps.audit.domain.verifying`); they show what a chain alone can't: a tail
that is gone, and a chain that was written anew.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import OuterRef, Subquery

from apps.projects.models import Project
from apps.review.domain.filings.counting import miscounted
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Status

CONTENT = (
    "previous_hash", "filing_id", "sequence", "at", "action", "source", "target", "actor_id", "actor_name",
    "organization_name", "on_behalf_of", "reason", "deadline", "request_id",
)  # fmt: skip
BEFORE_REQUESTS = CONTENT[:-1]
"""What the hashes of earlier events are over: their requests stand under seals alone."""
COLUMNS = (*CONTENT, "hash")


def differences_everywhere() -> Iterator[str]:
    """The differences of all projects, each with the project's code."""
    for project in Project.objects.order_by("code"):
        yield from (f"{project.code}：{difference}" for difference in differences(project))


def differences(project: Project) -> Iterator[str]:
    """Every place where events don't agree with themselves or with their filing; nothing when they do."""
    hash_before, filing, sequence, status = "", None, 0, str(Status.DRAFT)
    events = FilingEvent.objects.filter(filing__project=project).order_by("filing_id", "sequence")
    for event in events.values(*COLUMNS).iterator(chunk_size=5_000):
        if event["filing_id"] != filing:
            hash_before, filing, sequence = "", event["filing_id"], 0
            status = str(Status.DRAFT)
        where = f"申报单 {filing} 第 {event['sequence']} 步"
        if event["sequence"] != sequence + 1:
            yield f"{where}：缺少第 {sequence + 1} 步"
        elif event["source"] != status:
            yield f"{where}：原状态不是上一步的新状态"
        if event["previous_hash"] != hash_before:
            yield f"{where}：没有接在上一步之后"
        if event["hash"] not in {_hashed(event, CONTENT), _hashed(event, BEFORE_REQUESTS)}:
            yield f"{where}：内容被改动"
        hash_before, sequence, status = event["hash"], event["sequence"], event["target"]
    yield from _filings_apart(project)
    yield from miscounted(project)


def _filings_apart(project: Project) -> Iterator[str]:
    """Filings whose status or version is not that of their last event; one statement, so both are of one moment."""
    last = FilingEvent.objects.filter(filing=OuterRef("pk")).order_by("-sequence")
    filings = (
        Filing.objects.filter(project=project)
        .annotate(
            told=Subquery(last.values("target")[:1]), step=Subquery(last.values("sequence")[:1])
        )
        .order_by("pk")
        .values_list("pk", "status", "version", "told", "step")
    )
    for pk, status, version, told, step in filings.iterator(chunk_size=5_000):
        if status != (told or Status.DRAFT):
            yield f"申报单 {pk}：状态为 {status}，最后一步记录的是 {told or '（没有记录）'}"
        if version != (step or 0):
            yield f"申报单 {pk}：版本为 {version}，最后一步是第 {step or 0} 步"


def _hashed(event: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """SHA-256 of the JSON array of these columns, moments in seconds."""
    values = [_plain(event[name]) for name in names]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.timestamp() if hasattr(value, "timestamp") else value
