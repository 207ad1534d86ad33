"""How programs stand back for people in the same web process.

Invariants: one large write of programs is at work at a time; who waits for it leaves a thread for people, and waits for
`WAIT` seconds at most; while it is at work, threads that compute hand over ten times as soon. Without that a person's
save waits after each of its trips to the database until rows of a program are looked through.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest

LARGE = 8 * 1024
"""Bytes of JSON: about 150 rows of a sheet."""
WAIT = 5
"""Seconds."""
HAND_OVER = 0.0005
"""Seconds; Python's own are ten times as many, and better where no program is at work."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})

_usual = sys.getswitchinterval()
_turn = BoundedSemaphore(1)
_places = BoundedSemaphore(max(1, settings.WEB_THREADS - 1))


class NoTurn(Exception):
    """Others' writes took too long; nothing was done. `str()` is the sentence."""

    def __init__(self) -> None:
        super().__init__("正在处理其他程序送来的数据，这一次没有办理，请稍后再送。")


@contextmanager
def turn_of(request: HttpRequest) -> Iterator[None]:
    """Small requests come at once. Raises `NoTurn`."""
    if not _is_large(request):
        yield
        return
    if not _places.acquire(blocking=False):
        raise NoTurn
    try:
        with _at_work():
            yield
    finally:
        _places.release()


def _is_large(request: HttpRequest) -> bool:
    """Files are read by processes of their own."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    written = request.method not in READING and request.content_type == "application/json"
    return written and length.isdecimal() and int(length) >= LARGE


@contextmanager
def _at_work() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT):
        raise NoTurn
    sys.setswitchinterval(HAND_OVER)
    try:
        yield
    finally:
        sys.setswitchinterval(_usual)
        _turn.release()
