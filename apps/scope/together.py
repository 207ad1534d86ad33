"""Several statements in one trip to the server (PostgreSQL's pipeline mode).

Invariant: they run in the order in which they are asked, each seeing what was committed before it began, as if they
were sent one by one; where one fails, nothing after it runs and its error is raised.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]
_NOTHING = object()


class Ask(Generic[T]):
    """A statement and what its rows mean. `answer` is there once it was sent."""

    def __init__(self, sql: str, values: Values) -> None:
        self.sql = sql
        self.values = values
        self._answer: Any = _NOTHING

    @property
    def answer(self) -> T:
        """Raises `LookupError` before it was sent."""
        if self._answer is _NOTHING:
            raise LookupError("This statement was not sent.")
        answer: T = self._answer
        return answer

    def receive(self, cursor: Any) -> None:
        """Take the answer from the cursor on which the statement ran."""
        self._answer = self.read(cursor)

    def read(self, cursor: Any) -> T:
        raise NotImplementedError


class Rows(Ask[list[tuple[Any, ...]]]):
    """What a statement selects or returns."""

    def read(self, cursor: Any) -> list[tuple[Any, ...]]:
        return list(cursor.fetchall())


class Touched(Ask[int]):
    """How many rows a statement touched."""

    def read(self, cursor: Any) -> int:
        return int(cursor.rowcount)


def send(*asks: Ask[Any]) -> None:
    """Send them together. Where a wrapper may put another statement before them (`pghistory`), one by one."""
    with planned_once(), ExitStack() as cursors:
        taken = [(ask, cursors.enter_context(connection.cursor())) for ask in asks]
        with _one_trip() if len(asks) > 1 else ExitStack():
            for ask, cursor in taken:
                cursor.execute(ask.sql, ask.values)
        for ask, cursor in taken:
            ask.receive(cursor)


@contextmanager
def planned_once() -> Generator[None, None, None]:
    """Statements within are bound by the server, so that a connection plans them once (`prepare_threshold`).

    Where a wrapper may put another statement before them (`pghistory`), they go as all others do.
    """
    if connection.execute_wrappers:
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    usual = raw.cursor_factory
    raw.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        raw.cursor_factory = usual


@contextmanager
def _one_trip() -> Generator[None, None, None]:
    if connection.execute_wrappers:
        yield
        return
    raw: Any = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        yield
