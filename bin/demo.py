"""The whole product on this machine, with demo data: database, web and worker until Ctrl-C, whatever ends meanwhile.

Needs nothing but Python. Everything it makes lies in `.venv` and `var/`; deleting both starts from nothing.
"""

import argparse
import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import psycopg

from bin import processes
from config import embedded_postgres
from config.embedded_postgres import ROOT, VAR, server

START_SECONDS = 60
WATCH_SECONDS = 1.0
ACCOUNTS = VAR / "demo-accounts.txt"
STATIC_STAMP = VAR / "static" / ".stamp"
BUNDLERS = ("apps/ui/bundles.py", "config/static_storage.py")
"""What decides how static files are written."""
# The note that says which code filled the database is kept in the database: it goes when the data goes.
NOTE_READ = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


def main() -> int:
    options = _options()
    processes.exit_on_signals()
    if _is_taken(options.host, options.port):
        return _complain(
            f"Port {options.port} is in use. Choose another: bin/demo --port {options.port + 1}"
        )
    embedded = "DATABASE_URL" not in os.environ
    if options.fresh and not embedded:
        return _complain(
            "--fresh drops the embedded database only, and DATABASE_URL names another."
        )
    children: list[subprocess.Popen[bytes]] = []
    try:
        if embedded:
            _start_database(fresh=options.fresh)
        environment = _environment(options.host, options.port)
        _prepare(environment)
        environment.pop("DATABASE_OWNER_URL", None)  # who serves never owns
        if not _serve(children, environment, f"http://{options.host}:{options.port}/"):
            return _complain("Web or worker ended before it was ready.")
        _watch(children, environment, embedded=embedded)
    except subprocess.CalledProcessError as failure:
        return _complain(f"{' '.join(map(str, failure.cmd[1:]))} failed ({failure.returncode}).")
    except embedded_postgres.ServerFailed as failure:
        return _complain(str(failure))
    finally:
        with processes.undisturbed():
            processes.stop(children)
            if embedded:
                server().stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (default: this machine only)"
    )
    parser.add_argument("--fresh", action="store_true", help="drop the demo's data first")
    return parser.parse_args()


def _complain(sentence: str) -> int:
    print(f"bin/demo: {sentence}", file=sys.stderr, flush=True)
    return 1


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _start_database(*, fresh: bool) -> None:
    if fresh:
        server().drop_database()
        for what in ("media", "audit"):
            shutil.rmtree(VAR / what, ignore_errors=True)
    server().start()
    os.environ["DATABASE_URL"] = server().runner_url()
    os.environ["DATABASE_OWNER_URL"] = server().url()


def _environment(host: str, port: int) -> dict[str, str]:
    """Return what the product runs with; whatever the caller has set wins."""
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "SECRET_KEY": secret_key(),
        "CAPTCHA": "after_failure",
        "ALLOWED_HOSTS": "*" if everywhere else f"{host},localhost,127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "SITE_URL": f"http://localhost:{port}" if everywhere else f"http://{bind}",
        **os.environ,
        "DEBUG": "false",
        "BIND": bind,
    }


def secret_key() -> str:
    """Return this machine's own key, made once: sessions survive a restart, and no two demos share a key."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _prepare(environment: dict[str, str]) -> None:
    """Migrate, load and collect, each only if something it depends on has changed."""
    code = _digest(
        _files("apps", "config", "fixtures", "requirements.lock"),
        environment.get("DEMO_PASSWORD", ""),
    )
    owner = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        if _read_note(connection) != code or not ACCOUNTS.exists():
            _say("Preparing the database …")
            _manage(environment, "migrate", "--no-input", "--verbosity=0")
            _manage(environment, "load_divisions")
            ACCOUNTS.touch(mode=0o600)
            ACCOUNTS.write_bytes(_manage(environment, "load_demo"))
            _write_note(connection, code)
    static = _digest(
        [*_files("static", "docs/manual/images", "requirements.lock", *BUNDLERS), *_files_of_apps()]
    )
    if not STATIC_STAMP.exists() or STATIC_STAMP.read_text() != static:
        _say("Collecting static files …")
        _manage(environment, "collectstatic", "--no-input", "--clear", "--verbosity=0")
        STATIC_STAMP.write_text(static)


def _files(*names: str) -> list[Path]:
    found = [path for name in names for path in (ROOT / name, *(ROOT / name).rglob("*"))]
    return sorted(path for path in found if path.is_file() and path.suffix != ".pyc")


def _files_of_apps() -> list[Path]:
    return sorted(path for path in (ROOT / "apps").glob("*/static/**/*") if path.is_file())


def _digest(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for file in files:
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read_note(connection: psycopg.Connection[tuple[str | None, ...]]) -> str | None:
    row = connection.execute(NOTE_READ).fetchone()
    return row[0] if row else None


def _write_note(connection: psycopg.Connection[tuple[str | None, ...]], note: str) -> None:
    try:
        connection.execute(f"COMMENT ON DATABASE \"{connection.info.dbname}\" IS '{note}'")
    except psycopg.errors.InsufficientPrivilege:
        _say("This database's owner is somebody else: every start prepares it anew.")


def _manage(environment: dict[str, str], *arguments: str) -> bytes:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout


def _serve(
    children: list[subprocess.Popen[bytes]], environment: dict[str, str], address: str
) -> bool:
    """Whether all are up."""
    web = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    worker = [sys.executable, "manage.py", "procrastinate", "worker"]
    children.extend(processes.start(command, environment) for command in (web, worker))
    give_up = time.monotonic() + START_SECONDS
    while not _answers(f"{address}readyz") and time.monotonic() < give_up:
        if any(child.poll() is not None for child in children):
            return False
        time.sleep(0.1)
    print(ACCOUNTS.read_text())
    print(f"Fenliang runs at {address} - Ctrl-C stops it.", flush=True)
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004
    except OSError:
        return False


def _watch(
    children: list[subprocess.Popen[bytes]], environment: dict[str, str], *, embedded: bool
) -> NoReturn:
    """Until a signal; whatever ends by itself is started again."""
    while True:
        time.sleep(WATCH_SECONDS)
        if embedded and not server().is_ready():
            _say("The database is away: starting it again.")
            with contextlib.suppress(embedded_postgres.ServerFailed):
                server().start()
        for child in processes.revive(children, environment):
            _say(f"{' '.join(map(str, child.args[1:]))} ended ({child.returncode}): once more.")  # type: ignore[index]


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
