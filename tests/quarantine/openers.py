"""Openers as an attacker would have them who runs code of his own in the process of his file."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.quarantine.inside import Inside, Refused


def echo(inside: Inside, *, words: str) -> list[Any]:
    return [words, *(file.read().decode() for file in inside.files)]


def who(_inside: Inside) -> int:
    return os.getpid()


def environment(_inside: Inside) -> list[str]:
    """Its own, and that of the server that it was forked from."""
    own = Path("/proc/self/environ").read_bytes().decode().split("\0")
    return sorted({entry.partition("=")[0] for entry in [*own, *os.environ] if entry})


def descriptors(_inside: Inside) -> list[str]:
    """What is open besides the standard ones."""
    found = []
    for number in sorted(os.listdir("/proc/self/fd"), key=int)[3:]:
        try:
            found.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:  # the one that listed
            continue
    return found


def refused(_inside: Inside) -> None:
    raise Refused("这个文件不行。")


def stumbles(_inside: Inside) -> None:
    raise RuntimeError("the patient's name is in this sentence")


def computes(_inside: Inside) -> None:
    while True:
        pass


def sleeps(_inside: Inside) -> None:
    time.sleep(60)


def waits(inside: Inside, *, flag: str, until: str) -> str:
    """Says that it is there, and ends once `until` exists."""
    inside.say(flag)
    while not Path(until).exists():
        time.sleep(0.01)
    return flag


def swells(_inside: Inside) -> int:
    return len(bytearray(4 * 1024**3))


def floods(inside: Inside) -> None:
    while True:
        inside.say("x" * 1_000_000)


def fills(inside: Inside) -> None:
    while True:
        inside.written.write(b"x" * 1_000_000)


def writes(inside: Inside) -> int:
    return inside.written.write("写好了".encode())


def dies(_inside: Inside) -> None:
    signal.raise_signal(signal.SIGKILL)


def lies(inside: Inside, *, answer: bytes) -> None:
    """Writes to the line whatever it likes."""
    teller = inside.say.__self__  # type: ignore[attr-defined]
    os.write(teller.to, answer)


def children(_inside: Inside) -> list[int]:
    """Processes beside this one, of the same server."""
    parent = os.getppid()
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def attempts(_inside: Inside, *, folder: str) -> dict[str, str]:
    """What attackers try, and how it ended: the name of the error, or "done"."""
    known = Path(folder) / "known"
    tries: dict[str, Callable[[], Any]] = {
        "socket": lambda: socket.socket(socket.AF_INET),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "pair": socket.socketpair,
        "program": lambda: os.execv("/bin/true", ["true"]),
        "process": lambda: os.fork() or os._exit(0),
        "signal": lambda: os.kill(os.getppid(), 0),
        "write": lambda: (Path(folder) / "new").write_bytes(b"x"),
        "append": lambda: known.open("ab"),
        "delete": known.unlink,
        "move": lambda: known.rename(Path(folder) / "moved"),
        "folder": lambda: (Path(folder) / "folder").mkdir(),
        "link": lambda: os.link(known, Path(folder) / "link"),
        "mode": lambda: known.chmod(0o777),
        "shorten": lambda: os.truncate(known, 0),
        "read": known.read_bytes,
    }
    return {name: _ended(attempt) for name, attempt in tries.items()}


def _ended(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"
