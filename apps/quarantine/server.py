"""The warm server of one process: it forks a process for every file, and ends the ones that are overdue.

    python -m apps.quarantine.server <descriptor of its end of the line> <time zone>

Invariants: the server itself never reads a byte of a stranger; it has no secret, no database and nothing of the
environment of whoever started it. It ends with the line to that process, and after `IDLE` seconds without a file.
"""

import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from apps.quarantine.inside import Inside, Teller
from apps.quarantine.walls import Limits, wall_in

IDLE = 900.0
MOST_FILES = 64
LONGEST_HEADER = 4096
LOOK_AGAIN = 0.2  # seconds, while files are open


@dataclass(slots=True)
class Child:
    """A process at work: when it is overdue, the line that breaks when nobody waits for it any more, its files."""

    overdue: float
    lifeline: int
    folder: str


@dataclass(slots=True)
class Server:
    """Takes orders from its end of the line."""

    line: socket.socket
    children: dict[int, Child] = field(default_factory=dict)
    last: float = field(default_factory=time.monotonic)

    def serve(self) -> None:
        """Until the line ends or nothing has come for long."""
        try:
            while self.children or time.monotonic() < self.last + IDLE:
                if self._is_called() and not self._take():
                    return
                self._reap()
        finally:
            for pid, child in self.children.items():
                os.kill(pid, signal.SIGKILL)
                shutil.rmtree(child.folder or "/nowhere", ignore_errors=True)

    def _is_called(self) -> bool:
        """Whether an order is there; whoever is no longer waited for is ended meanwhile."""
        lines = {child.lifeline: pid for pid, child in self.children.items()}
        own = self.line.fileno()
        ready, _, _ = select.select([own, *lines], [], [], LOOK_AGAIN if lines else IDLE + 1)
        for broken in lines.keys() & set(ready):
            os.kill(lines[broken], signal.SIGKILL)
        return own in ready

    def _reap(self) -> None:
        now = time.monotonic()
        for pid, child in list(self.children.items()):
            if os.waitpid(pid, os.WNOHANG)[0]:
                os.close(child.lifeline)
                if child.folder:
                    shutil.rmtree(child.folder, ignore_errors=True)
                del self.children[pid]
                self.last = now
            elif now > child.overdue:
                os.kill(pid, signal.SIGKILL)

    def _take(self) -> bool:
        """Fork for one order; False once nobody is there to give any."""
        content, files, _flags, _address = socket.recv_fds(self.line, LONGEST_HEADER, MOST_FILES)
        if not content:
            return False
        order = json.loads(content)
        try:
            opener = import_string(order["opener"])
            folder = tempfile.mkdtemp(prefix="fenliang-file-") if order["writes"] else ""
            gc.freeze()
            pid = os.fork()
            if not pid:
                self._work(opener, order, files, folder)
            overdue = time.monotonic() + order["limits"]["clock"]
            self.children[pid] = Child(overdue, files.pop(1), folder)
        except Exception:  # noqa: BLE001 - whoever asked learns of it as the line of this file ends
            traceback.print_exc()
        finally:
            for file in files:
                os.close(file)
        self.last = time.monotonic()
        return True

    def _work(self, opener: Any, order: dict[str, Any], files: list[int], folder: str) -> None:
        """In the forked process; never returns."""
        tempfile.tempdir = folder or None
        status = 1
        try:
            self.line.close()
            os.dup2(1, 2)  # nowhere: what is logged is written by whoever asked
            os.close(files[1])
            for child in self.children.values():
                os.close(child.lifeline)
            answer, _lifeline, arguments, *rest = files
            teller = Teller(answer)
            teller.begin()
            handed = [os.fdopen(descriptor, "r+b") for descriptor in (arguments, *rest)]
            output = handed.pop(1) if order["output"] else None
            wall_in(Limits(**order["limits"]), folder=folder)
            teller.tell(opener, Inside(handed[1:], output, teller.say), handed[0])
            status = 0
        except BaseException:  # noqa: BLE001, S110 - nothing of the server's own runs on in a child
            pass
        finally:
            os._exit(status)


def main() -> None:
    """Serve until the line ends."""
    time.localtime()  # reads the machine's zone once for all
    settings.configure(USE_TZ=True, TIME_ZONE=sys.argv[2])
    # Ctrl-C is meant for whoever started it; the line tells when that ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        Server(socket.socket(fileno=int(sys.argv[1]))).serve()
    finally:
        gc.unfreeze()  # what is not taken apart at the end is told as leaked by the library that reads codes


if __name__ == "__main__":
    main()
