"""Making a backup while people work: rows and files as of the same moment, without anybody waiting.

Files are never changed once they are there, and removed behind the commit that drops their row. So what the database
names is kept before the moment and, as far as it is new, after it: whatever the moment names was there at one of them.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from apps.audit.domain.anchors import anchor_file
from apps.audit.models import Seal
from apps.operations.domain import backups, sql
from apps.scope.context import whole_country


class BackupFailed(Exception):
    """No backup was made; the message says why."""


def back_up() -> backups.Backup:
    """A new backup. Raises `BackupFailed`."""
    began, now = time.monotonic(), timezone.now()
    folder = backups.folder_of_all() / now.strftime(backups.STAMP)
    backups.folder_of_all().mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    with whole_country(reason="a backup holds everything"):
        kept = _kept({}, named_files())
        with transaction.atomic():
            moment = sql.see_one_moment()
            _dump(folder / backups.DUMP, moment)
            tables, names = sql.digests(), named_files()
            _keep_anchors(folder)
        kept = _kept(kept, names)
    with (folder / backups.DUMP).open("rb") as dump:
        digest = backups.digest_of(dump)
    files = {name: kept[name] for name in sorted(names & kept.keys())}
    missing = sorted(names - kept.keys())
    spent = round(time.monotonic() - began, 1)
    manifest = backups.Manifest(now.isoformat(), digest, tables, files, missing, spent)
    backups.write(folder / backups.MANIFEST, manifest)
    return backups.Backup.read(folder)


def named_files() -> set[str]:
    """Every file that a row names; before an upgrade the database has not yet all that this version knows."""
    return {name for rows in _columns() for name in rows if name}


def _columns() -> Iterator["models.QuerySet[models.Model, str]"]:
    there = sql.columns()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            column = (model._meta.db_table, field.column)
            if isinstance(field, models.FileField) and column in there:
                objects: Any = model.objects  # type: ignore[attr-defined]
                rows = objects.exclude(**{field.name: ""})
                yield rows.values_list(field.name, flat=True)


def _kept(before: dict[str, list[int | str]], names: set[str]) -> dict[str, list[int | str]]:
    """These files in the pool: bytes and SHA-256 of each that is there."""
    kept = dict(before)
    for name in names - before.keys():
        try:
            with default_storage.open(name) as content:
                kept[name] = [content.size, backups.keep(content)]
        except FileNotFoundError:
            continue
    return kept


def _dump(target: Path, moment: str) -> None:
    """Everything of the database, compressed, as of this moment."""
    command = [
        program("pg_dump"),
        "--format=custom",
        "--no-owner",
        f"--snapshot={moment}",
    ]
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        [*command, f"--file={target}", f"--dbname={sql.address()}"],
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BackupFailed(f"pg_dump: {done.stderr.strip()[-500:]}")


def program(name: str) -> str:
    """One of PostgreSQL's programs, as new as the server or newer."""
    folder = settings.POSTGRES_PROGRAMS
    return str(Path(folder, name)) if folder else name


def environment() -> dict[str, str]:
    password = settings.DATABASES["default"].get("PASSWORD", "")
    return {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})


def _keep_anchors(folder: Path) -> None:
    """The lines of the seals that the moment knows: one more would look like a seal that was lost."""
    if not anchor_file().exists():
        return
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    with anchor_file().open("rb") as lines, (folder / backups.ANCHORS).open("wb") as copy:
        copy.writelines(line for line in lines if json.loads(line)["number"] <= last)
