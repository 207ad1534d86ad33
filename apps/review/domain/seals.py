"""Checking the event chains, and sealing their heads so that a lost tail shows too."""

import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from apps.projects.models import Project
from apps.review.domain.events import digest
from apps.review.models import AuditSeal, FilingEvent


@transaction.atomic
def seal(project: Project) -> AuditSeal | None:
    """Append a seal over the newest event of every filing; `None` if nothing happened since the last."""
    last = AuditSeal.objects.filter(project=project).order_by("-pk").first()
    newest = _events(project).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or (last and last.upto >= newest):
        return None
    heads, previous = heads_hash(project, newest), last.hash if last else ""
    return AuditSeal.objects.create(
        project=project,
        upto=newest,
        heads=heads,
        previous=previous,
        hash=_sealed(previous, newest, heads),
    )


def heads_hash(project: Project, upto: int) -> str:
    """SHA-256 over the hash of each filing's newest event up to an event id, in order of filings."""
    whole = hashlib.sha256()
    heads = (
        _events(project)
        .filter(pk__lte=upto)
        .order_by("filing_id", "-sequence")
        .distinct("filing_id")
        .values_list("filing_id", "hash")
    )
    for filing_id, head in heads.iterator(chunk_size=5_000):
        whole.update(f"{filing_id}:{head};".encode())
    return whole.hexdigest()


def differences(project: Project) -> Iterator[str]:
    """Every place where the log does not agree with itself, in words; nothing when it does."""
    previous_hash, previous_filing, sequence = "", None, 0
    events = _events(project).order_by("filing_id", "sequence")
    for event in events.iterator(chunk_size=5_000):
        if event.filing_id != previous_filing:
            previous_hash, previous_filing, sequence = "", event.filing_id, 0
        where = f"filing {event.filing_id} event {event.sequence}"
        if event.sequence != sequence + 1:
            yield f"{where}: event {sequence + 1} is missing"
        if event.previous_hash != previous_hash:
            yield f"{where}: does not follow the event before it"
        if event.hash != digest(event):
            yield f"{where}: its content was changed"
        previous_hash, sequence = event.hash, event.sequence
    yield from _broken_seals(project)


def _broken_seals(project: Project) -> Iterator[str]:
    previous = ""
    for stamp in AuditSeal.objects.filter(project=project).order_by("pk"):
        if stamp.previous != previous or stamp.hash != _sealed(previous, stamp.upto, stamp.heads):
            yield f"seal {stamp.pk}: was changed or does not follow the one before it"
        if stamp.heads != heads_hash(project, stamp.upto):
            yield f"seal {stamp.pk}: the events under it were changed"
        previous = stamp.hash


def _sealed(previous: str, upto: int, heads: str) -> str:
    return hashlib.sha256(f"{previous}|{upto}|{heads}".encode()).hexdigest()


def _events(project: Project) -> "QuerySet[FilingEvent]":
    return FilingEvent.objects.filter(filing__project=project)
