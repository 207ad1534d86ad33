"""Under which account the embedded PostgreSQL runs: it refuses root, so root lends it a system account.

Invariant: as root nothing is opened to others but what the server must reach, and that is said aloud.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

# Where no account can be made (a read-only system, no useradd), this one exists everywhere.
LAST_RESORT = "nobody"


class ProcessOptions(TypedDict, total=False):
    """What ``subprocess.run`` needs to become the account."""

    user: int
    group: int
    extra_groups: list[int]
    umask: int


@dataclass(frozen=True)
class Account:
    """Who runs the server; ``is_other`` when that isn't the caller."""

    uid: int
    gid: int
    is_other: bool

    def as_options(self) -> ProcessOptions:
        """Return options that start a process as this account, with none of root's groups."""
        if not self.is_other:
            return {"umask": 0o077}
        return {"umask": 0o077, "user": self.uid, "group": self.gid, "extra_groups": []}


def account(name: str, data: Path) -> Account:
    """Return the caller's own account; as root the owner of ``data``, or ``name``, made if it doesn't exist."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid, is_other=True)
    entry = _look_up(name) or _create(name) or pwd.getpwnam(LAST_RESORT)
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _look_up(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd | None:
    command = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if command is None:
        return None
    options = (
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/bin/false",
    )
    subprocess.run([command, *options, name], check=False, capture_output=True)  # noqa: S603
    if made := _look_up(name):
        _say(f"made the system account {name} to run PostgreSQL, which refuses root")
        return made
    return None


def let_in(account: Account, path: Path) -> None:
    """Let the server's account pass through ``path`` and the folders above: ``o+x``, which shows no names in them."""
    if not account.is_other:
        return
    for folder in (path.resolve(), *path.resolve().parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
            _say(f"chmod o+x {folder}: PostgreSQL runs under an own account and must pass through")


def let_run(account: Account, programs: Path) -> None:
    """Let the server's account run the wheel's programs, also where they were installed under a strict umask."""
    installation = programs.parent
    package = installation.parent
    let_in(account, package)
    libraries = package.with_name(f"{package.name}.libs")
    if not account.is_other or (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for tree in (installation, libraries):
        for path in (tree, *tree.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)
    _say(f"chmod o+rX {installation} {libraries}: PostgreSQL runs under an own account")


def _say(sentence: str) -> None:
    sys.stderr.write(f"embedded PostgreSQL: {sentence}\n")
