"""A backup put into another place and proven there, which is what `bin/restore` and `bin/upgrade` are made of."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bin.demo import secret_key
from config.embedded_postgres import ROOT, VAR, binaries, server

DUMP, MANIFEST, PROVEN, ANCHORS = (
    "database.dump",
    "manifest.json",
    "proven.json",
    "anchors.jsonl",
)
SETS_MORE_SINCE = 170000
NOT_OF_ALL = "1,60{/^SET transaction_timeout = 0;$/d}"
"""Programs of that version begin by a setting that older servers refuse, whatever is restored."""


def owner_url() -> str:
    """The database that is served here, as its owner; starts the embedded server if there is no other."""
    if url := os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL"):
        return url
    server().start()
    return server().url()


def named(url: str, database: str) -> str:
    """Another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def folder_of_backups() -> Path:
    return Path(os.environ.get("BACKUP_DIR", VAR / "backups"))


def newest() -> Path | None:
    """The newest whole backup."""
    found = sorted(folder_of_backups().glob(f"*/{MANIFEST}"))
    return found[-1].parent if found else None


def manage(said: Mapping[str, str], *arguments: str) -> int:
    environment = {**os.environ, **said}
    if "SECRET_KEY" not in environment:
        environment["SECRET_KEY"] = secret_key()
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def make_database(url: str) -> None:
    """An empty one by this name. Raises `psycopg.errors.DuplicateDatabase`: nothing is ever written over."""
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(named(url, "postgres"), autocommit=True) as server_:
        server_.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )


def drop_database(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(named(url, "postgres"), autocommit=True) as server_:
        server_.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def put(backup: Path, url: str, place: Path) -> None:
    """Rows into the database, files to `place/media`, anchors to `place/audit`."""
    put_rows(backup, url)
    manifest = json.loads((backup / MANIFEST).read_text())
    for name, (_, digest) in manifest["files"].items():
        target = place / "media" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup.parent / "files" / digest[:2] / digest, target)
    (place / "audit").mkdir(parents=True, exist_ok=True)
    if (backup / ANCHORS).exists():
        shutil.copyfile(backup / ANCHORS, place / "audit" / ANCHORS)


def put_rows(backup: Path, url: str, *, with_rights: bool = False) -> None:
    """Into an empty database; what roles may do there comes along where the same roles are."""
    command = [str(programs() / "pg_restore"), "--exit-on-error", "--no-owner"]
    if not with_rights:
        command.append("--no-privileges")
    if _knows_newer_settings(url):
        jobs = max(2, (os.cpu_count() or 2) // 2)
        target = [f"--jobs={jobs}", f"--dbname={url}"]
        subprocess.run([*command, *target, str(backup / DUMP)], check=True)
        return
    with subprocess.Popen(
        [*command, "--file=-", str(backup / DUMP)], stdout=subprocess.PIPE
    ) as reading:
        put_text(reading.stdout, url)
    if reading.returncode:
        raise subprocess.CalledProcessError(reading.returncode, command)


def put_text(statements: IO[bytes] | None, url: str) -> None:
    """Statements of a dump into an empty database of a server that may be older than what made them."""
    psql = [str(programs() / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    with subprocess.Popen(["sed", NOT_OF_ALL], stdin=statements, stdout=subprocess.PIPE) as known:
        command = [*psql, f"--dbname={url}"]
        subprocess.run(command, check=True, stdin=known.stdout, stdout=subprocess.DEVNULL)


def _knows_newer_settings(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.info.server_version >= SETS_MORE_SINCE


def proven(backup: Path, url: str, place: Path) -> bool:
    """Whether the place is what the backup's manifest says, and passes every check of the product."""
    here = {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": "",
        "MEDIA_ROOT": str(place / "media"),
        "AUDIT_DIR": str(place / "audit"),
        "S3_BUCKET": "",
    }
    return manage(here, "verify_backup", str(backup)) == 0


def note_failure(backup: Path, sentence: str) -> None:
    """That this backup could not be restored at all, where what a comparison finds would stand."""
    told = {"at": datetime.now(UTC).isoformat(), "seconds": 0.0, "differences": [sentence]}
    (backup / PROVEN).write_text(json.dumps(told, ensure_ascii=False, indent=1))


def programs() -> Path:
    return Path(os.environ.get("POSTGRES_PROGRAMS") or binaries())
