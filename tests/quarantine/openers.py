"""Openers as an attacker would have them who runs code of his own in the process of his file."""

import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from apps.quarantine.inside import Inside, Refused
from apps.quarantine.walls import OPEN_FILES


def echo(inside: Inside, *, words: str) -> list[Any]:
    return [words, *(file.read().decode() for file in inside.files)]


def who(_inside: Inside) -> int:
    return os.getpid()


def environment(_inside: Inside) -> list[str]:
    """That of the server that it was forked from."""
    return sorted(os.environ)


def descriptors(_inside: Inside) -> list[str]:
    """What is open besides the standard ones."""
    found = []
    for number in range(3, OPEN_FILES):
        with suppress(OSError):
            found.append(str(Path(f"/proc/self/fd/{number}").readlink()))
    return found


def keeps_files(_inside: Inside) -> str:
    """As openpyxl does."""
    with tempfile.TemporaryFile() as passing:
        passing.write(b"x")
    with tempfile.NamedTemporaryFile(delete=False) as kept:
        kept.write(b"x")
    Path(kept.name).unlink()
    with tempfile.NamedTemporaryFile(delete=False) as left:
        left.write(b"x")
    return str(Path(left.name).parent)


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
        "folder": (Path(folder) / "folder").mkdir,
        "link": lambda: os.link(known, Path(folder) / "link"),
        "mode": lambda: known.chmod(0o777),
        "shorten": lambda: os.truncate(known, 0),
        "read": known.read_bytes,
        "secrets": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "passwords": lambda: Path("/etc/passwd").read_bytes(),
        "code": lambda: Path(os.__file__).read_bytes(),
    }
    return {name: _ended(attempt) for name, attempt in tries.items()}


def _ended(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"
