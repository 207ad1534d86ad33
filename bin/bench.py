"""The benchmark suite: `bin/bench [name …]` prints a table and writes `var/bench.json`.

A name is a module of `tests/bench`; none given runs all, and `all` is another word for none. `--list` names them.
`--against FILE` prints how many times what it was in an earlier report each figure is, `--report FILE` writes another
file than usual. `--scale` makes rounds smaller, to try a bench out. `--record` renews the figures of the documents.

Each bench runs in a process of its own, on a copy of the database and in a folder of its own, both gone afterwards.
What benches at national size share is built once, in a database that is kept beside (`…_national_…`).
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bin import processes
from config.embedded_postgres import ROOT, VAR, Server
from tests.bench.measurement import SCALE
from tests.bench.running import apart, recording
from tests.bench.running.reports import Report, read, table

BENCHES = ROOT / "tests" / "bench"
REPORT = VAR / "bench.json"
NOT_BENCHES = frozenset({"__init__", "measurement", "owning"})
NATIONAL = frozenset({"correction", "totals", "volumes"})
"""The benches that look at the round of `tests.bench.rounds.national`."""
PLACES = ("AUDIT_DIR", "MEDIA_ROOT", "BACKUP_DIR", "MAINTENANCE_FILE", "DRAIN_FILE")
"""Where else than in `VAR_DIR` an installation may keep files; a bench leaves them alone."""


def main() -> int:
    names = sorted(path.stem for path in BENCHES.glob("*.py") if path.stem not in NOT_BENCHES)
    options = _options(names)
    if options.list:
        print("\n".join(names))
        return 0
    processes.exit_on_signals()
    server = Server(VAR / "pg-bench")
    embedded = "DATABASE_URL" not in os.environ
    before = read(options.against).values() if options.against else {}
    report = Report()
    environment = _environment(options.scale)
    try:
        if embedded:
            server.start()
            environment |= {apart.RUNNER: server.runner_url(), apart.OWNER: server.url()}
        VAR.mkdir(parents=True, exist_ok=True)
        _migrate(environment)
        for name in options.names or names:
            print(f"{name} …", file=sys.stderr, flush=True)
            report.add(name, lambda name=name: _measured(name, environment))  # type: ignore[misc]
            report.write(options.report)
            if options.record:
                recording.record(report)
    finally:
        if embedded:
            with processes.undisturbed():
                server.stop()
    print(table(report, before))
    return 0


def _options(names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(("all", *names)))
    parser.add_argument("--list", action="store_true")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="an earlier report: print ratios to it"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", default=REPORT)
    parser.add_argument("--scale", type=float, default=1.0, help="0.1: rounds of a tenth")
    parser.add_argument(
        "--record", action="store_true", help="renew docs/performance.json and what is made of it"
    )
    options = parser.parse_args()
    options.names = [name for name in options.names if name != "all"]
    if unknown := set(options.names) - set(names):
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}"
        )
    if options.record and options.scale != 1:
        parser.error("figures of smaller rounds are not recorded")
    return options


def _environment(scale: float) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LOG_LEVEL": "WARNING",
        **{name: value for name, value in os.environ.items() if name not in PLACES},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        SCALE: str(scale),
    }


def _migrate(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"]
    subprocess.run(command, env=environment, check=True)


def _measured(name: str, environment: dict[str, str]) -> list[dict[str, object]]:
    """Its figures, taken in a copy of the database; files that it makes go with their folder."""
    if name in NATIONAL:
        environment = _national(environment)
    with (
        tempfile.TemporaryDirectory(prefix=f"bench-{name}-", dir=VAR) as folder,
        apart.in_copy(environment, f"bench_{name}") as own,
    ):
        told = Path(folder) / "figures.json"
        _in_process([name, str(told)], own | {"VAR_DIR": folder})
        figures: list[dict[str, object]] = json.loads(told.read_text("utf-8"))
        return figures


def _national(environment: dict[str, str]) -> dict[str, str]:
    """With the round at national size, made now if it isn't there; a smaller one is another one."""
    scale = environment[SCALE].replace(".", "_")
    database = f"{apart.database_of(environment[apart.RUNNER])}_national_{scale}"
    if not apart.exists(environment, database):
        apart.make_copy(environment, database)
    kept = environment | apart.addresses(environment, database)
    _migrate(kept)
    _in_process(["prepare", "national"], kept)
    return kept


def _in_process(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "tests.bench.running.one", *arguments]
    child = processes.start(command, environment)
    try:
        if child.wait():
            raise SystemExit(f"bin/bench: {arguments[0]} failed, see above")
    finally:
        processes.stop([child])


if __name__ == "__main__":
    sys.exit(main())
