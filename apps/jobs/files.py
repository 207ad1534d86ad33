"""The files of jobs: stored under random names, kept for a time, handed out to the owner only."""

import re
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.http import content_disposition_header

from apps.scope.sandbox import current_sandbox

from .models import Job

FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
NAME_LENGTH = 120


def store(job: Job, kind: str, content: IO[bytes] | Path, filename: str) -> str:
    """Keep a file of the running attempt; return its name in the storage."""
    name = f"jobs/{job.token}/{job.attempt}-{kind}{Path(filename).suffix[:10]}"
    if isinstance(content, Path):
        with content.open("rb") as opened:
            return default_storage.save(name, File(opened))
    content.seek(0)
    return default_storage.save(name, File(content))


def remove_all(job: Job) -> None:
    """Delete every file that any attempt has left."""
    folder = f"jobs/{job.token}"
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)


def safe_filename(filename: str) -> str:
    """A name that every file system takes; the extension stays."""
    stem, dot, extension = FORBIDDEN.sub("_", filename.strip()).rpartition(".")
    return f"{stem[:NAME_LENGTH]}{dot}{extension}" if dot else extension[:NAME_LENGTH]


def handed_out(stored: FieldFile) -> Any:
    """The stored file for an answer. One in a bucket is not opened where the proxy fetches it."""
    by_the_proxy = getattr(stored.storage, "handed_out", None)
    return by_the_proxy(stored.name) if by_the_proxy else stored.open("rb")


def attachment(content: IO[bytes], filename: str, content_type: str = "") -> FileResponse:
    """A download whose Chinese name arrives in every browser (RFC 6266: plain fallback and UTF-8)."""
    rehearsed = "" if current_sandbox() is None else "演练-"
    name = safe_filename(f"{rehearsed}{filename}")
    response = FileResponse(content, content_type=content_type or content_type_of(name))
    encoded = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    if "filename*=" in encoded:
        fallback = f"download{Path(name).suffix}"
        encoded = encoded.replace("attachment;", f'attachment; filename="{fallback}";', 1)
    response.headers["Content-Disposition"] = encoded
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}


def content_type_of(filename: str) -> str:
    return CONTENT_TYPES.get(Path(filename).suffix.lower(), "application/octet-stream")
