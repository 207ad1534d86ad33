"""From one version to the next, in the new one's checkout: backup, migrate, smoke test, and back if one of them fails.

Static files come first. People read meanwhile and cannot write. Who runs this has stopped the worker; the old web
goes on until the new one is started. On failure the database is what it was before: the one that failed stays beside it
as `…_failed` until somebody drops it.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bin import restoring

READ_ONLY = "系统正在升级，暂时只能查看；填写的内容会保留在本机，升级后自动保存。"


def main() -> int:
    owner = restoring.owner_url()
    here = {"DATABASE_OWNER_URL": owner}
    if restoring.manage(here, "collectstatic", "--no-input", "--verbosity=0"):
        return _say("The pages of this version could not be made ready: nothing was changed.", 1)
    if restoring.manage(here, "backup"):
        return _say("No backup, no upgrade: nothing was changed.", 1)
    backup = restoring.newest()
    if backup is None:
        return _say("The backup is not where BACKUP_DIR says: nothing was changed.", 1)
    if _upgraded(here):
        return _say("The new version's database is ready: start web and worker of it.", 0)
    _back(owner, backup)
    return _say("The database is what it was before: start the old version again.", 1)


def _upgraded(here: dict[str, str]) -> bool:
    return all(
        restoring.manage(here, *step) == 0
        for step in (("migrate", "--no-input"), ("load_divisions",), ("smoke",))
    )


def _back(owner: str, backup: Path) -> None:
    """The rows of the backup under the database's name; no file was removed meanwhile."""
    name = urlsplit(owner).path.strip("/")
    before, failed = f"{name}_before", f"{name}_failed"
    for other in (before, failed):
        restoring.drop_database(restoring.named(owner, other))
    restoring.make_database(restoring.named(owner, before))
    restoring.put_rows(backup, restoring.named(owner, before), with_rights=True)
    with psycopg.connect(restoring.named(owner, "postgres"), autocommit=True) as server:
        _rename(server, name, failed)
        _rename(server, before, name)


def _rename(server: psycopg.Connection[tuple[object, ...]], old: str, new: str) -> None:
    names = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
    server.execute(sql.SQL("ALTER DATABASE {old} WITH ALLOW_CONNECTIONS false").format(**names))
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [old]
    )
    server.execute(sql.SQL("ALTER DATABASE {old} RENAME TO {new}").format(**names))
    server.execute(sql.SQL("ALTER DATABASE {new} WITH ALLOW_CONNECTIONS true").format(**names))


def _say(sentence: str, code: int) -> int:
    print(f"bin/upgrade: {sentence}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
