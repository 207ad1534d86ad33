"""The figures of processes that ended, put together into one file of each kind.

prometheus_client keeps a file per process and kind for ever, so that counters go on counting; processes are replaced
every few thousand requests. Invariant: there are files of the living processes and one more set, however long we run.
"""

import os
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

KINDS = ("counter", "histogram", "summary")
ENDED = 0
"""Stands where a process id does: no process of ours has it."""


def put_together(folder: Path, pid: int) -> None:
    """Add what the ended process counted to what those before it did; forget its gauges."""
    for kind in KINDS:
        left = folder / f"{kind}_{pid}.db"
        if left.exists():
            if left.stat().st_size:
                _add(left, folder / f"{kind}_{ENDED}.db")
            left.unlink()
    for gauge in folder.glob(f"gauge_*_{pid}.db"):
        gauge.unlink()


def _add(left: Path, kept: Path) -> None:
    counted = list(MmapedDict.read_all_values_from_file(os.fspath(left)))  # type: ignore[no-untyped-call]
    total = MmapedDict(os.fspath(kept))  # type: ignore[no-untyped-call]
    try:
        for key, value, timestamp, _place in counted:
            before, _moment = total.read_value(key)  # type: ignore[no-untyped-call]
            total.write_value(key, before + value, timestamp)  # type: ignore[no-untyped-call]
    finally:
        total.close()  # type: ignore[no-untyped-call]
