"""Taking out of the operation log what is past its time, seal by seal, without breaking what proves the rest.

Invariants: nothing younger than `LOG_KEEP_DAYS` (183 at least: the database holds that by itself) goes; only what is
sealed, anchored and still as it was sealed goes; its rows are written to a file first, byte for byte what was sealed,
so that the digest is the seal's.
"""

import gzip
import os
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.domain.anchors import last_anchored, require_agreement
from apps.audit.domain.keys import digest_of
from apps.audit.domain.sealing import content_lines, sealed_rows
from apps.audit.domain.streams import STREAMS
from apps.audit.models import ClearedSegment, LogEntry, Seal
from apps.audit.models.log_triggers import LEAST_DAYS

BATCH = 500
LOG = "audit.logentry"
_log = structlog.get_logger("audit")


def archive_folder() -> Path:
    return Path(settings.AUDIT_DIR) / "archive"


def keep_days() -> int:
    return max(int(settings.LOG_KEEP_DAYS), LEAST_DAYS)


def clear_old_entries() -> int:
    """Archive and take out the oldest entries; how many seals were cleared. Raises `AnchorAhead`.

    It stops before the first seal whose rows are not what was sealed: they are evidence.
    """
    require_agreement()
    now = timezone.now()
    last = last_anchored()
    old = Seal.objects.filter(
        stream=LOG, cleared__isnull=True, number__lte=last["number"] if last else 0
    ).order_by("number")
    cleared = 0
    for seal in old[:BATCH]:
        if seal.latest >= now - timedelta(days=keep_days()) or not _clear(seal, now):
            break
        cleared += 1
    return cleared


@transaction.atomic
def _clear(seal: Seal, now: datetime) -> bool:
    _, rows = sealed_rows(STREAMS[LOG], seal.after, seal.upto, seal.columns.split(","))
    lines = list(content_lines(rows))
    if digest_of(lines, seal.algorithm) != seal.content:
        _log.error("audit_not_cleared", seal=seal.number)
        return False
    file = _archived(seal, lines)
    ClearedSegment.objects.create(seal=seal, at=now, file=file.name)
    LogEntry.objects.filter(pk__gt=seal.after, pk__lte=seal.upto).delete()
    _log.info("audit_cleared", seal=seal.number, rows=seal.count, file=file.name)
    return True


def _archived(seal: Seal, lines: list[bytes]) -> Path:
    """The file of a seal's rows, there whole or not at all."""
    archive_folder().mkdir(parents=True, exist_ok=True)
    file = archive_folder() / f"{seal.number:010}.jsonl.gz"
    part = file.with_suffix(".part")
    with part.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
            packed.writelines(lines)
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(file)
    return file
