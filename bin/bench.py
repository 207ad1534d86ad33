"""The benchmark suite: `bin/bench [name …]` prints a table and writes `var/bench.json`.

A name is a module of `tests/bench`; none given runs all. `--list` names them. `--against FILE` prints how many times
what it was in an earlier report each figure is.
"""

import argparse
import dataclasses
import importlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import django

from bin import processes
from config.embedded_postgres import ROOT, VAR, Server
from tests.bench.measurement import Measurement

BENCHES = ROOT / "tests" / "bench"
REPORT = VAR / "bench.json"
NOT_BENCHES = frozenset({"__init__", "measurement", "owning"})


def main() -> int:
    names = sorted(path.stem for path in BENCHES.glob("*.py") if path.stem not in NOT_BENCHES)
    options = _options(names)
    if options.list:
        print("\n".join(names))
        return 0
    processes.exit_on_signals()
    server = Server(VAR / "pg-bench")
    embedded = "DATABASE_URL" not in os.environ
    before = _known(options.against)
    try:
        if embedded:
            server.start()
            os.environ["DATABASE_URL"] = server.runner_url()
            os.environ["DATABASE_OWNER_URL"] = server.url()
        _prepare()
        _report([figure for name in options.names or names for figure in _run(name)], before)
    finally:
        if embedded:
            with processes.undisturbed():
                server.stop()
    return 0


def _options(names: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(names))
    parser.add_argument("--list", action="store_true")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="an earlier report: print ratios to it"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(names):
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}"
        )
    return options


def _prepare() -> None:
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"], check=True
    )
    django.setup()


def _run(name: str) -> list[Measurement]:
    """Its figures; each is told on the way, for some take many minutes."""
    print(f"{name} …", file=sys.stderr, flush=True)
    figures = []
    for figure in importlib.import_module(f"tests.bench.{name}").measure():
        print(f"  {figure.name} {figure.value:,.3f} {figure.unit}", file=sys.stderr, flush=True)
        figures.append(figure)
    return figures


def _known(report: Path | None) -> dict[str, float]:
    """The figures of an earlier report, by name."""
    if report is None:
        return {}
    return {figure["name"]: figure["value"] for figure in json.loads(report.read_text("utf-8"))}


def _report(figures: list[Measurement], before: Mapping[str, float]) -> None:
    rows = [(f.name, f"{f.value:,.3f}", f.unit, ratio(f, before), f.detail) for f in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, value, unit, times, detail in rows:
        compared = f"  {times:>{widths[3]}}" if before else ""
        print(f"{name:<{widths[0]}}  {value:>{widths[1]}}  {unit:<{widths[2]}}{compared}  {detail}")
    _write(REPORT, [dataclasses.asdict(figure) for figure in figures])


def ratio(figure: Measurement, before: Mapping[str, float]) -> str:
    """How many times what it was."""
    earlier = before.get(figure.name)
    return f"×{figure.value / earlier:.2f}" if earlier else "new"


def _write(file: Path, figures: list[dict[str, object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
