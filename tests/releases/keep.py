"""Keeps the database of a release for the test of the upgrade: `python -m tests.releases.keep`, in its checkout.

The demo of this very code, on a server that is made for it and goes again; files are not kept, only what names them.
"""

import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config.embedded_postgres import ROOT, VAR, Server, binaries

KEPT = Path(__file__).parent
MOST = 300_000
"""Bytes of a dump: everybody who clones the project has all of them."""
SUMMED_UP = ("reporting_progress*",)
"""Tables whose rows are left out."""
SECRET_KEY = "release-of-tests"
"""What waits in such a database is sealed with it."""
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\]", re.MULTILINE)
STEPS = (("migrate", "--no-input", "--verbosity=0"), ("load_divisions",), ("load_demo",))


def newest_release() -> str:
    """As the changelog has it."""
    found = RELEASE.search((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert found
    return found[1]


def kept(version: str) -> Path:
    return KEPT / f"{version}.sql.xz"


def main() -> None:
    server = Server(VAR / "pg-release")
    shutil.rmtree(server.data, ignore_errors=True)
    try:
        server.start()
        with tempfile.TemporaryDirectory() as folder:
            _fill(server, folder)
        _dump(server, kept(newest_release()))
    finally:
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


def _fill(server: Server, folder: str) -> None:
    environment = {
        **os.environ,
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": server.url(),
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": folder,
        "AUDIT_DIR": folder,
    }
    for step in STEPS:
        subprocess.run([sys.executable, "manage.py", *step], env=environment, cwd=ROOT, check=True)


def _dump(server: Server, target: Path) -> None:
    left_out = [f"--exclude-table-data={name}" for name in SUMMED_UP]
    command = [binaries() / "pg_dump", "--no-owner", "--no-acl", *left_out]
    said = subprocess.run(
        [*command, f"--dbname={server.url()}"], check=True, stdout=subprocess.PIPE
    )
    target.write_bytes(lzma.compress(said.stdout, preset=9 | lzma.PRESET_EXTREME))
    size = target.stat().st_size
    sys.stdout.write(f"{target}: {size:,} bytes\n")
    if size > MOST:
        raise SystemExit(f"more than {MOST:,} bytes: leave something of the demo out")


if __name__ == "__main__":
    main()
