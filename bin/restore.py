"""Restores a backup into another place and proves it there; nothing that is served is touched.

`bin/restore --drill` takes the newest backup into a database and a folder of their own, compares and checks everything,
and removes both: the result stands on the administrators' page. `bin/restore BACKUP --database URL --folder DIR` is to
stay: the database must not be there yet; then point DATABASE_URL, MEDIA_ROOT and AUDIT_DIR at it and run `migrate`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bin import restoring


def main() -> int:
    options = _options()
    backup = options.backup or restoring.newest()
    if backup is None or not (backup / restoring.MANIFEST).exists():
        return _complain(f"There is no whole backup in {backup or restoring.folder_of_backups()}.")
    if not options.drill and not (options.database and options.folder):
        return _complain("Say --drill, or where to: --database and --folder.")
    try:
        is_whole = _drill(backup) if options.drill else _restore(backup, options)
    except psycopg.errors.DuplicateDatabase as refusal:
        return _complain(f"Nothing is written over: {refusal}")
    return 0 if is_whole else 1


def _drill(backup: Path) -> bool:
    owner = restoring.owner_url()
    url = restoring.named(owner, f"{urlsplit(owner).path.strip('/')}_drill")
    restoring.drop_database(url)
    try:
        restoring.make_database(url)
        with tempfile.TemporaryDirectory() as place:
            restoring.put(backup, url, Path(place))
            return restoring.proven(backup, url, Path(place))
    except (OSError, ValueError, subprocess.CalledProcessError, psycopg.Error) as failure:
        restoring.note_failure(backup, f"恢复没有完成：{failure}")
        return False
    finally:
        restoring.drop_database(url)


def _restore(backup: Path, options: argparse.Namespace) -> bool:
    restoring.make_database(options.database)
    restoring.put(backup, options.database, options.folder)
    return restoring.proven(backup, options.database, options.folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/restore", description=__doc__)
    parser.add_argument("backup", type=Path, nargs="?", help="its folder; default: the newest")
    parser.add_argument("--drill", action="store_true", help="restore, prove, remove")
    parser.add_argument("--database", metavar="URL", help="of the owner; is made")
    parser.add_argument("--folder", type=Path, help="for files and anchors")
    return parser.parse_args()


def _complain(sentence: str) -> int:
    print(f"bin/restore: {sentence}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
