"""Sealing what was written down, once a minute, behind everybody's back: no writer waits for a seal.

Invariant: a seal covers all rows up to its last id, also those of transactions that began before it; so a row that
turns up among sealed ones later was put there afterwards. Each seal stands on the one before it.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import JSONField, Max, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.audit.domain import sql
from apps.audit.domain.anchors import anchor_new, require_agreement
from apps.audit.domain.keys import code_of, digest_of, sealing_key
from apps.audit.domain.streams import STREAMS, Stream
from apps.audit.models import Seal

LONGEST = 5_000
"""Rows under one seal: what a check names when they were changed."""
SEALS_AT_ONCE = 200
PATIENCE = 5.0
"""Seconds that transactions which are writing at this moment are waited for."""
STEP = 0.25


def seal_all(*, patience: float = PATIENCE) -> int:
    """Seal what is settled of every record and anchor it; how many seals. Raises `AnchorAhead`, sealing nothing."""
    require_agreement()
    made = 0
    for stream in STREAMS.values():
        upto = settled(stream, patience=patience)
        while upto and made < SEALS_AT_ONCE and _seal_next(stream, upto):
            made += 1
    anchor_new()
    return made


def settled(stream: Stream, *, patience: float) -> int | None:
    """The highest id up to which no row can turn up any more; `None` if others are still writing after `patience`.

    Who took an id before this one was committed held the table's lock by then: either it is among the writers now and
    is waited for, or it has ended and its rows are visible. Nobody waits for us.
    """
    highest: int | None = stream.rows().aggregate(highest=Max("pk"))["highest"]
    if highest is None or highest <= _sealed_upto(stream):
        return None
    writers = sql.writers_of(stream.model)
    until = time.monotonic() + patience
    while sql.are_at_work(writers):
        if time.monotonic() >= until:
            return None
        time.sleep(STEP)
    return highest


@transaction.atomic
def _seal_next(stream: Stream, upto: int) -> Seal | None:
    """The seal over the next rows up to an id; `None` if there are none."""
    sql.take_turn()
    after = _sealed_upto(stream)
    columns, rows = sealed_rows(stream, after, upto)
    if not rows:
        return None
    key, moment = columns.index("id"), columns.index("at")
    head = Seal.objects.order_by("-number").first()
    key_id, secret = sealing_key()
    seal = Seal(
        number=head.number + 1 if head else 1,
        stream=stream.name,
        after=after,
        upto=rows[-1][key],
        count=len(rows),
        columns=",".join(columns),
        earliest=min(row[moment] for row in rows),
        latest=max(row[moment] for row in rows),
        content=digest_of(content_lines(rows), settings.AUDIT_DIGEST),
        previous=head.mac if head else "",
        at=timezone.now(),
        algorithm=settings.AUDIT_DIGEST,
        key_id=key_id,
    )
    seal.mac = code_of(message_of(seal), secret=secret, algorithm=seal.algorithm)
    seal.save(force_insert=True)
    return seal


def _sealed_upto(stream: Stream) -> int:
    upto = (
        Seal.objects.filter(stream=stream.name).order_by("-number").values_list("upto", flat=True)
    )
    return upto.first() or 0


def sealed_rows(
    stream: Stream, after: int, upto: int, named: Collection[str] = ()
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns in order (those named, or all), and the rows' values; JSON as the database writes it."""
    fields = sorted(
        (
            field
            for field in stream.model._meta.concrete_fields
            if not named or field.column in named
        ),
        key=lambda field: str(field.column),
    )
    documents = {
        f"{field.name}_text": Cast(field.name, TextField())
        for field in fields
        if isinstance(field, JSONField)
    }
    names = [
        f"{field.name}_text" if isinstance(field, JSONField) else field.attname for field in fields
    ]
    rows = stream.rows().filter(pk__gt=after, pk__lte=upto).order_by("pk")
    columns = rows.annotate(**documents).values_list(*names)[:LONGEST]
    return [str(field.column) for field in fields], list(columns)


def content_lines(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """What is digested, row by row: a JSON array of the columns, each a text or null, and a line feed."""
    for row in rows:
        texts = [text_of(value) for value in row]
        yield json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def text_of(value: Any) -> str | None:
    """Moments in UTC with microseconds, the rest as PostgreSQL writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def message_of(seal: Seal) -> bytes:
    """What the code of a seal is over: all its values but the code, by line."""
    values = (
        seal.number, seal.stream, seal.after, seal.upto, seal.count, seal.columns, seal.earliest, seal.latest,
        seal.content, seal.previous, seal.at, seal.algorithm, seal.key_id,
    )  # fmt: skip
    return "\n".join(text_of(value) or "" for value in values).encode()
