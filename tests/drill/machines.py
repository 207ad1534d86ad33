"""A machine of the topology: one process with whatever it starts, ended and begun anew as a whole."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bin import processes
from config.server_account import Account

STEP = 0.1
"""Seconds between two looks at something that is waited for."""


def say(sentence: str) -> None:
    """To whoever watches."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


class DrillFailed(Exception):
    """What was to come did not; the message says what, and for how long it was waited for."""


@dataclass
class Machine:
    """`home` is its folder: what works there belongs to it, also what left its process group."""

    name: str
    command: Sequence[str | Path]
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    """Another one than ours, where a program refuses root."""
    where: Path | None = None
    """The folder that it is started in, its home if it isn't said."""
    is_down: bool = False
    """Nobody is to start it now."""
    starts: int = 0
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.is_down = False
        self.starts += 1
        options = dict(self.account.as_options()) if self.account else {}
        with (self.home.parent / f"{self.name}.log").open("ab") as log:
            self.child = processes.start(
                [str(part) for part in self.command],
                {
                    "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin",
                    **self.environment,
                },
                cwd=self.where or self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **options,
            )

    def runs(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def kill(self) -> None:
        """As when the machine loses its power: everything of it at once. It stays down until it is started."""
        self.is_down = True
        for _ in range(3):  # what was being started while we looked
            for pid in self.everything():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self.child:
            self.child.wait()

    def everything(self) -> list[int]:
        """Its processes: of its group, or at work in its folder."""
        group = self.child.pid if self.child else -1
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            pid = int(each.name)
            with contextlib.suppress(OSError):
                if os.getpgid(pid) == group or (each / "cwd").readlink().is_relative_to(self.home):
                    found.append(pid)
        return found


class Machines:
    """All of them, by name. Whoever waits looks after those that ended by themselves, as systemd would."""

    def __init__(self) -> None:
        self.by_name: dict[str, Machine] = {}

    def __getitem__(self, name: str) -> Machine:
        return self.by_name[name]

    def start(self, *machines: Machine) -> None:
        for machine in machines:
            self.by_name[machine.name] = machine
            machine.start()

    def look_after(self) -> None:
        for machine in self.by_name.values():
            if not machine.is_down and not machine.runs():
                machine.start()

    def wait(self, what: str, until: Callable[[], bool], *, seconds: float = 120) -> float:
        """Seconds that it took. Raises `DrillFailed`."""
        begin = time.monotonic()
        while not until():
            if time.monotonic() - begin > seconds:
                raise DrillFailed(f"{what}: not within {seconds:g} s")
            self.look_after()
            time.sleep(STEP)
        return time.monotonic() - begin

    def rest(self, seconds: float) -> None:
        begin = time.monotonic()
        self.wait("rest", lambda: time.monotonic() - begin >= seconds, seconds=seconds + 60)

    def stop(self) -> None:
        """The last started first; nothing of them is left, however they end."""
        for machine in reversed(self.by_name.values()):
            machine.is_down = True
            if machine.child:
                with contextlib.suppress(ProcessLookupError):
                    machine.child.terminate()
        give_up = time.monotonic() + processes.GRACE_SECONDS
        for machine in reversed(self.by_name.values()):
            if machine.child:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    machine.child.wait(max(0.1, give_up - time.monotonic()))
            machine.kill()
