"""A report: figures by bench, each with day, revision, machine, and how busy others kept that just before."""

import dataclasses
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.embedded_postgres import MAJOR, ROOT

QUIET = 0.25
"""Cores that others may use on a machine that is called quiet."""
LOOKED = 2.0
"""Seconds for which the machine is looked at before a bench."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One bench once. `others` are cores."""

    day: str
    revision: str
    machine: str
    others: float
    figures: list[dict[str, Any]]

    @property
    def is_quiet(self) -> bool:
        return self.others <= QUIET


@dataclass
class Report:
    runs: dict[str, Run] = field(default_factory=dict)

    def add(self, bench: str, measure: Callable[[], list[dict[str, Any]]]) -> None:
        day, others = datetime.now(UTC).date().isoformat(), busy(LOOKED)
        self.runs[bench] = Run(day, _revision(), _machine(), round(others, 2), measure())

    def values(self) -> dict[str, float]:
        return {figure["name"]: figure["value"] for _bench, figure in self.figures()}

    def figures(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for bench, run in self.runs.items():
            yield from ((bench, figure) for figure in run.figures)

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)
        file.write_text(text + "\n", encoding="utf-8")


def read(file: Path) -> Report:
    """What `write` wrote, or the bare list of figures that reports once were."""
    told = json.loads(file.read_text("utf-8"))
    if isinstance(told, list):
        return Report({"": Run("", "", "", 0, told)})
    return Report({bench: Run(**run) for bench, run in told["runs"].items()})


def table(report: Report, before: Mapping[str, float]) -> str:
    """A line for each figure; with how many times what it was before, if that is known."""
    rows = [
        (f["name"], f"{f['value']:,.3f}", f["unit"], ratio(f, before), f["detail"])
        for _bench, f in report.figures()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {unit:<{widths[2]}}"
        + (f"  {times:>{widths[3]}}" if before else "")
        + f"  {detail}"
        for name, value, unit, times, detail in rows
    )


def ratio(figure: Mapping[str, Any], before: Mapping[str, float]) -> str:
    """How many times what it was."""
    earlier = before.get(figure["name"])
    return f"×{figure['value'] / earlier:.2f}" if earlier else "new"


def busy(seconds: float) -> float:
    """How many cores are at work, all programs together."""
    begin = _worked()
    time.sleep(seconds)
    return (_worked() - begin) / TICKS / seconds


def _worked() -> int:
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    )
    return user + nice + system + sum(interrupts)


def _machine() -> str:
    names = Path("/proc/cpuinfo").read_text("utf-8").split("model name")[1:]
    name = names[0].splitlines()[0].partition(":")[2].strip() if names else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({name}), {memory:.0f} GB, Python {platform.python_version()}, "
        f"PostgreSQL {MAJOR}"
    )


def _revision() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return told.stdout.strip()
