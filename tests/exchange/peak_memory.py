"""A process of its own that writes few rows, then many, and prints its peak memory (kB) after each."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

settings.configure(USE_TZ=True, TIME_ZONE="Asia/Shanghai")

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec  # noqa: E402
from apps.exchange.files.frames import Manifest  # noqa: E402
from apps.exchange.files.writer import write_xlsx  # noqa: E402

COLUMNS = tuple(Column(f"c{n}", f"列{n}", Kind.WHOLE if n % 2 else Kind.TEXT) for n in range(5))
BOOK = WorkbookSpec("tests.wide", filename="宽表", sheets=(SheetSpec("明细", COLUMNS),))


def rows(count: int) -> Iterator[list[Any]]:
    return (
        [n if position % 2 else f"第{n}行的文字" for position in range(5)] for n in range(count)
    )


for many in (2_000, 100_000):
    with Path(sys.argv[1]).open("w+b") as file:
        written = write_xlsx(file, BOOK, {"明细": rows(many)}, manifest=Manifest())
    if written != many:
        raise SystemExit(f"{written} rows written instead of {many}")
    # Not `ru_maxrss`, which begins with what the parent held at the fork.
    print(*re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE))  # noqa: T201
