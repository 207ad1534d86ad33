"""What a benchmark tells: `bin/bench` runs every module beside this one that has `measure()`.

A benchmark is `tests/bench/<name>.py` with `def measure() -> Iterable[Measurement]`. It runs alone, on a migrated
database of its own with the durability of production, and builds the data it needs.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


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
