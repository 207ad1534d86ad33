"""Several statements in one trip to the server (PostgreSQL's pipeline mode).

Invariant: they run in the order in which they are asked, each seeing what was committed before it began, as if they
were sent one by one; where one fails, nothing after it runs and its error is raised.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection, models
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
    """How many rows a statement touched; without an answer while a trip around it is under way (`one_trip`)."""

    def receive(self, cursor: Any) -> None:
        if cursor.rowcount >= 0:
            super().receive(cursor)

    def read(self, cursor: Any) -> int:
        return int(cursor.rowcount)


class Insert(Touched):
    """New rows of one model; keys that the database gives are not read back."""

    def __init__(self, rows: Sequence[models.Model]) -> None:
        model = type(rows[0])
        super().__init__(
            _insert(model),
            [
                [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows]
                for field in _written(model)
            ],
        )


class Upsert(Insert):
    """The same; rows whose `unique` fields are there already take over the values of `update`."""

    def __init__(
        self, rows: Sequence[models.Model], *, unique: Sequence[str], update: Sequence[str]
    ) -> None:
        super().__init__(rows)
        field_of = type(rows[0])._meta.get_field
        target = ", ".join(f'"{_column(field_of(name))}"' for name in unique)
        taken = [_column(field_of(name)) for name in update]
        values = ", ".join(f'"{column}" = EXCLUDED."{column}"' for column in taken)
        self.sql = f"{self.sql} ON CONFLICT ({target}) DO UPDATE SET {values}"


def _column(field: Any) -> str:
    return str(field.column)


def _written(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [
        field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
    ]


@cache
def _insert(model: type[models.Model]) -> str:
    fields = _written(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) SELECT * FROM unnest({values})'  # noqa: S608


def send(*asks: Ask[Any]) -> None:
    """Send them together and take the answers."""
    with planned_once(), ExitStack() as cursors:
        taken = [(ask, cursors.enter_context(connection.cursor())) for ask in asks]
        with one_trip() if len(asks) > 1 else ExitStack():
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
def one_trip() -> Generator[None, None, None]:
    """What is executed within goes out together, as far as nobody reads an answer before the end.

    One by one where statements are logged or rewritten on their way.
    """
    if connection.execute_wrappers or connection.queries_logged:
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        yield
