"""Backups as they lie on the disk: a dump of the database and the files that it names, as of one moment.

`BACKUP_DIR/<moment>/` holds `database.dump` (pg_dump's own format), `anchors.jsonl` and, written last, `manifest.json`;
`proven.json` once it was restored and found whole. Files lie in `BACKUP_DIR/files/` by their SHA-256, each once however
many backups name it. Invariant: a folder with a manifest is a whole backup.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from django.conf import settings

PIECE = 1024 * 1024
DUMP, MANIFEST, PROVEN, ANCHORS = "database.dump", "manifest.json", "proven.json", "anchors.jsonl"
STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup. `tables`: rows and digest; `files`: by name in the storage bytes and SHA-256.

    `missing` are names of files that were not in the storage: the place itself has lost them.
    """

    at: str
    dump: str
    tables: dict[str, list[Any]]
    files: dict[str, list[Any]]
    missing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())


@dataclass(frozen=True, slots=True)
class Proof:
    """What a restore came to: how long it took and what differed."""

    at: str
    seconds: float
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Backup:
    folder: Path
    manifest: Manifest
    proof: Proof | None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises `FileNotFoundError` for what is no whole backup."""
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
        proven = folder / PROVEN
        proof = Proof(**json.loads(proven.read_text())) if proven.exists() else None
        return cls(folder, manifest, proof)

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.at)

    @property
    def rows(self) -> str:
        return f"{self.manifest.rows:,}"

    @property
    def files(self) -> str:
        return f"{len(self.manifest.files):,}"

    @property
    def proven_at(self) -> datetime | None:
        is_whole = self.proof is not None and not self.proof.differences
        return datetime.fromisoformat(self.proof.at) if is_whole and self.proof else None

    def file(self, name: str) -> Path:
        return pool() / _place(self.manifest.files[name][1])


def folder_of_all() -> Path:
    return Path(settings.BACKUP_DIR)


def pool() -> Path:
    return folder_of_all() / "files"


def backups() -> list[Backup]:
    """All that are whole, the newest first."""
    found = sorted(folder_of_all().glob(f"*/{MANIFEST}"), reverse=True)
    return [Backup.read(path.parent) for path in found]


def write(path: Path, what: Manifest | Proof) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(what), ensure_ascii=False, indent=1))
    part.rename(path)


def digest_of(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := content.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def keep(content: IO[bytes]) -> str:
    """Put a file into the pool, unless it is there; returns its SHA-256."""
    digest = digest_of(content)
    place = pool() / _place(digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        content.seek(0)
        part = place.with_suffix(".part")
        with part.open("wb") as copy:
            shutil.copyfileobj(content, copy, PIECE)
        part.rename(place)
    return digest


def forget_old(most: int) -> int:
    """Remove the oldest backups beyond so many, and what only they named; returns how many."""
    every = backups()
    for backup in every[most:]:
        shutil.rmtree(backup.folder)
    kept = {digest for backup in every[:most] for _, digest in backup.manifest.files.values()}
    for path in pool().glob("*/*"):
        if path.name not in kept:
            path.unlink()
    return len(every[most:])


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
