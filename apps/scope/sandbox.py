"""The sandbox that a block runs in: a schema of the database with tables of its own, and a clock of its own.

Invariants: within one every statement means the sandbox's tables, whatever its text, for `cursors` tells the server
where names are looked up; scopes that are opened inside stay inside. What starts a thread or hands work to another
process takes the sandbox along, or works on the real tables. Outside, no statement names a sandbox's table.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps

from django.utils import timezone

REAL = ""
"""The room of everything that is no sandbox."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`room` is the schema; `ahead` how far its clock is before the real one, behind it if negative."""

    number: int
    ahead: timedelta = field(default=timedelta(0))

    @property
    def room(self) -> str:
        return f"rehearsal_{self.number}"


def _none(_number: int) -> Sandbox | None:
    return None


find: Callable[[int], Sandbox | None] = _none
"""The sandbox of a number, if it still stands; told by the app that makes them."""
room: ContextVar[str] = ContextVar("room", default=REAL)
"""Asked before every statement."""
_current: ContextVar[Sandbox | None] = ContextVar("sandbox", default=None)
_real_now = timezone.now


def current_sandbox() -> Sandbox | None:
    return _current.get()


def current_room() -> str:
    return room.get()


@contextmanager
def within(sandbox: Sandbox | None) -> Generator[None, None, None]:
    """Run the block in the sandbox, or in the real world, then return to where it was."""
    token, before = _current.set(sandbox), room.set(REAL if sandbox is None else sandbox.room)
    try:
        yield
    finally:
        room.reset(before)
        _current.reset(token)


def real_now() -> datetime:
    """The time outside, wherever one is."""
    return _real_now()


@wraps(_real_now)
def _now() -> datetime:
    sandbox = _current.get()
    return _real_now() if sandbox is None else _real_now() + sandbox.ahead


def set_clock() -> None:
    """From here on who asks Django for the time is told the sandbox's within one, and so are fields of `auto_now`.

    The database's twin of it are the functions of the schema, which stand before its own (`rehearsals.domain.sql`).
    """
    timezone.now = _now
