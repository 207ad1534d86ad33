"""Children that never outlive the program that started them, however it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, NoReturn

# Web and worker may finish what they are doing; after that they are killed.
GRACE_SECONDS = 15
_PR_SET_PDEATHSIG = 1


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def exit_on_signals() -> None:
    """Turn SIGTERM, SIGINT and a closed terminal into SystemExit, so that every `finally` runs."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Tidying up isn't interrupted by a second Ctrl-C."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start(
    command: Sequence[str], environment: Mapping[str, str], **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own: Ctrl-C reaches us alone, and we stop the children in order.

    `options` are those of `subprocess.Popen`: another account, folder or log.
    """
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command,
        env=environment,
        start_new_session=True,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - we have no threads
        **options,
    )


def _die_with_parent() -> object:
    """On Linux the kernel ends a child whose parent was killed without a chance to tidy up."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, kill the rest with everything they started."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.terminate()
    for child in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    for child in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def revive(
    children: list[subprocess.Popen[bytes]], environment: Mapping[str, str]
) -> list[subprocess.Popen[bytes]]:
    """Start those that ended by themselves once more, in their places; return the ended ones."""
    ended = [child for child in children if child.poll() is not None]
    for child in ended:
        stop([child])  # with whatever it left behind
        children[children.index(child)] = start(child.args, environment)  # type: ignore[arg-type]
    return ended
