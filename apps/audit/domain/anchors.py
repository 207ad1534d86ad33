"""Where seals are kept outside the database: a file that is only appended to, and the log line of each seal.

Invariants: the file knows every seal that was made here, in order, one JSON object a line; nothing that it says is ever
rewritten. Whoever changes the database alone can't change what stands here.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from apps.audit.models import Seal

_log = structlog.get_logger("audit")
KEPT = (
    "number", "stream", "after", "upto", "count", "content", "previous", "algorithm", "key_id", "mac",
)  # fmt: skip
"""Of a seal, beside its moment."""
TAIL = 4_096
"""Bytes at the end of the file among which the last line stands whole."""


class AnchorAhead(Exception):
    """The anchor knows seals that the database has lost, or has otherwise: nothing is sealed on top of that."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"锚定文件中第 {number:,} 号封印与数据库不一致，已停止封存；请先核验并查明原因。"
        )


def anchor_file() -> Path:
    return Path(settings.AUDIT_DIR) / "anchors.jsonl"


def line_of(seal: Seal) -> dict[str, Any]:
    return {name: getattr(seal, name) for name in KEPT} | {"at": seal.at.isoformat()}


def anchored() -> Iterator[dict[str, Any]]:
    """What the file says, in order; a line that is no JSON comes as an empty object."""
    if not anchor_file().exists():
        return
    with anchor_file().open(encoding="utf-8", errors="replace") as file:
        for line in file:
            yield _read(line)


def last_anchored() -> dict[str, Any] | None:
    """The latest line; `None` while there is none."""
    if not anchor_file().exists():
        return None
    with anchor_file().open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - TAIL))
        lines = file.read().splitlines()
    return _read(lines[-1].decode(errors="replace")) if lines else None


def require_agreement() -> None:
    """Raises `AnchorAhead` if the last anchored seal is not the one that stands in the database."""
    last = last_anchored()
    if last is None:
        return
    number = int(last.get("number", 0))
    seal = Seal.objects.filter(pk=number).first()
    if seal is None or line_of(seal) != last:
        raise AnchorAhead(number)


def anchor_new() -> int:
    """Append and tell the log what is not anchored yet; how many. Raises `AnchorAhead`."""
    require_agreement()
    anchor_file().parent.mkdir(parents=True, exist_ok=True)
    with anchor_file().open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = last_anchored()
        new = Seal.objects.filter(pk__gt=last["number"] if last else 0).order_by("pk")
        lines = [line_of(seal) for seal in new.iterator(chunk_size=2_000)]
        file.writelines(f"{json.dumps(line, ensure_ascii=False)}\n".encode() for line in lines)
        file.flush()
        os.fsync(file.fileno())
    for line in lines:
        _log.info("audit_sealed", **line)
    return len(lines)


def _read(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
