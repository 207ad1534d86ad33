"""Every worker's database is a copy of one that was migrated once, and again only when a migration has changed.

Migrating takes half a minute of processor time, copying a fraction of a second. A worker that comes first migrates,
the others wait for it; what belongs to other migrations is dropped.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from config.embedded_postgres import ROOT, RUNNER, VAR

PREFIX = "fenliang_migrated_"
OTHERS = "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname <> %s"


def copy_migrated() -> None:
    """Tell Django which database to copy, once it is there."""
    name = PREFIX + digest()
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _provide(name)
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = name
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = name


def digest() -> str:
    """Of every migration, of what follows each, and of the packages that bring some or say how they are done."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    files = [
        *(ROOT / "apps").glob("*/migrations/*.py"),
        *(ROOT / "apps/scope/backstop").glob("*.py"),
    ]
    for file in sorted(files):
        found.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _provide(name: str) -> None:
    parameters = connections["default"].get_connection_params()
    address = {
        key: parameters[key] for key in ("host", "port", "user", "password") if key in parameters
    }
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        for (other,) in server.execute(OTHERS, [f"{PREFIX}%", name]).fetchall():
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(other)))
        unfinished = f"{name}_unfinished"
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _migrate(unfinished)
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(unfinished), sql.Identifier(name)
            )
        )


def _migrate(name: str) -> None:
    """As production does: by the owner, who lets the runner in."""
    owner = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    runner = owner._replace(netloc=f"{RUNNER}@{owner.netloc.rpartition('@')[2]}")
    environment = os.environ | {
        "SECRET_KEY": "for migrations only",
        "DATABASE_URL": runner.geturl(),
        "DATABASE_OWNER_URL": owner.geturl(),
    }
    environment.pop("PYTEST_CURRENT_TEST", None)
    subprocess.run(
        [sys.executable, str(Path(ROOT, "manage.py")), "migrate", "--no-input", "--verbosity=0"],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
