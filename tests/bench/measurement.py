"""What a benchmark tells: `bin/bench` runs every module beside this one that has `measure()`.

A benchmark is `tests/bench/<name>.py` with `def measure() -> Iterable[Measurement]`. It runs alone, in a process of its
own, on a copy of a migrated database with the durability of production; it builds the data it needs and commits what
people would commit, for the copy is dropped.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

SCALE = "BENCH_SCALE"
"""The variable that makes rounds smaller, to try a bench out; its figures are no figures then."""


@dataclass(frozen=True)
class Measurement:
    """One figure; `unit` says what is counted (ms, s, MB, requests/s), `detail` under which circumstances."""

    name: str
    value: float
    unit: str
    detail: str = ""


@dataclass
class Stopwatch:
    """Seconds of the block that `stopwatch()` ran."""

    seconds: float = field(default=0.0)


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    begin = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - begin


def scaled(number: int, *, least: int = 1) -> int:
    """So many, or the part of it that `--scale` asks for."""
    return max(least, round(number * float(os.environ.get(SCALE, "1"))))


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """Of what was measured in turns: how many times the first of each pair the second is, the median of all."""
    return median(second / first for first, second in pairs)
