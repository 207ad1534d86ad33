"""Whose turn it is to have a file opened: one of an account at a time, few at a machine, and never every thread.

Invariant: a place is a byte of a file that is locked for as long as the place is held, so it is free again however
its holder ends. Pages and jobs have places of their own: a long import never stands before somebody's page.
"""

import fcntl
import os
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.quarantine.walls import MB, Limits

FULL = "正在检查的文件较多，请稍等片刻再上传。"
OWN = "您的另一个文件还没有检查完，请等它完成后再上传。"
AGAIN = 0.05  # seconds between two looks at the places
TELLS = 1.0  # seconds between two words to whoever waits
ACCOUNTS_FROM = 1_000  # the bytes before are the places of the machine
LOCK = "hhqqi4x"  # struct flock


class Busy(Exception):
    """No turn came in time; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Who waits together: where its places begin, how long (seconds) it waits, what a file may cost it.

    `own_patience` is for another file of the same account, which a person can wait for without a thread of ours.
    """

    first: int
    patience: float
    own_patience: float
    limits: Limits = field(default_factory=Limits)
    keeps_threads: bool = False


PAGE = Lane(first=0, patience=8.0, own_patience=1.5, keeps_threads=True)
JOB = Lane(
    first=100,
    patience=900.0,
    own_patience=900.0,
    limits=Limits(cpu=600, clock=1_200, memory=2_048 * MB, written=1_024 * MB, told=4_096 * MB),
)


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom files are opened, and in which lane; commands and tests act for nobody and are patient."""

    account: int | None = None
    lane: Lane = JOB


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039 - it is frozen


@contextmanager
def acting(account: int | None, lane: Lane) -> Generator[None, None, None]:
    """Within the block files are opened for this account."""
    token = _acting.set(Acting(account, lane))
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def turn(waiting: Callable[[], None] = lambda: None) -> Generator[Limits, None, None]:
    """Hold a place; what the file may cost. `waiting` is called now and then meanwhile. Raises `Busy`."""
    now = _acting.get()
    with _thread(now.lane), _places() as places:
        begun = time.monotonic()
        if now.account is not None:
            mine = range(ACCOUNTS_FROM + now.account, ACCOUNTS_FROM + now.account + 1)
            _await(places, mine, begun + now.lane.own_patience, waiting, OWN)
        first = now.lane.first
        wanted = range(first, first + settings.FILE_PLACES)
        _await(places, wanted, begun + now.lane.patience, waiting, FULL)
        yield now.lane.limits


@contextmanager
def _thread(lane: Lane) -> Generator[None, None, None]:
    """One thread of this process is left for everybody else."""
    if not lane.keeps_threads:
        yield
        return
    if not _threads().acquire(timeout=0.5):
        raise Busy(FULL)
    try:
        yield
    finally:
        _threads().release()


_made: dict[int, threading.BoundedSemaphore] = {}


def _threads() -> threading.BoundedSemaphore:
    """Of this process, one less than gunicorn has of them."""
    return _made.setdefault(
        os.getpid(), threading.BoundedSemaphore(max(1, settings.WEB_THREADS - 1))
    )


@contextmanager
def _places() -> Iterator[int]:
    """The file of the places, opened for this turn alone: its locks go with it."""
    path = Path(tempfile.gettempdir()) / f"fenliang-files-{os.getuid()}"
    places = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(places).st_uid != os.getuid():
            raise PermissionError(f"{path} is somebody else's.")
        yield places
    finally:
        os.close(places)


def _await(
    places: int, wanted: range, until: float, waiting: Callable[[], None], sentence: str
) -> None:
    """Until one of the bytes is ours. Raises `Busy`."""
    told = time.monotonic()
    while not any(_lock(places, turn) for turn in wanted):
        now = time.monotonic()
        if now > until:
            raise Busy(sentence)
        if now > told + TELLS:
            told = now
            waiting()
        time.sleep(AGAIN)


def _lock(places: int, at: int) -> bool:
    """By a lock that belongs to this opening of the file, neither to the process nor to the thread."""
    wanted: Any = struct.pack(LOCK, fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0)
    try:
        fcntl.fcntl(places, fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):
        return False
    return True
