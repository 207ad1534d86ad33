"""Several statements in one trip to the server (PostgreSQL's pipeline mode).

Invariant: they run in the order in which they are asked, each seeing what was committed before it began, as if they
were sent one by one; where one fails, nothing after it runs and its error is raised.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
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
        model, database = type(rows[0]), connections[DEFAULT_DB_ALIAS]
        super().__init__(
            _insert(model),
            [
                [field.get_db_prep_save(field.pre_save(row, add=True), database) for row in rows]
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


class Update(Touched):
    """New values in rows of one model that the caller has found within the scope; those `counted` go up by one.

    `values` by field name, keys of other rows by the column's (`submitted_by_id`).
    """

    def __init__(
        self,
        model: type[models.Model],
        pks: Sequence[Any],
        values: Mapping[str, Any],
        *,
        counted: Sequence[str] = (),
    ) -> None:
        sql, fields = _update(model, tuple(values), tuple(counted))
        database = connections[DEFAULT_DB_ALIAS]
        written = [
            field.get_db_prep_save(value, database)
            for field, value in zip(fields, values.values(), strict=True)
        ]
        if len(pks) == 1:
            # For a list of unknown length the server would make a new plan each time.
            super().__init__(f"{sql} = %s", [*written, pks[0]])
        else:
            super().__init__(f"{sql} = ANY(%s)", [*written, list(pks)])


def _column(field: Any) -> str:
    return str(field.column)


@cache
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


@cache
def _update(
    model: type[models.Model], names: tuple[str, ...], counted: tuple[str, ...]
) -> tuple[str, list[Any]]:
    """The statement but for the keys, and the fields of its values."""
    meta = model._meta
    by_name = {field.attname: field for field in meta.concrete_fields}
    fields = [by_name.get(name) or meta.get_field(name) for name in names]
    given = [f'"{_column(field)}" = %s' for field in fields]
    columns = [_column(by_name[name]) for name in counted]
    raised = [f'"{column}" = "{column}" + 1' for column in columns]
    sets = ", ".join([*given, *raised])
    return f'UPDATE "{meta.db_table}" SET {sets} WHERE "{_column(meta.pk)}"', fields  # noqa: S608


def send(*asks: Ask[Any]) -> None:
    """Send them together and take the answers."""
    database = connections[DEFAULT_DB_ALIAS]
    if _goes_as_usual(database):
        with planned_once(), database.cursor() as cursor:
            for ask in asks:
                cursor.execute(ask.sql, ask.values)
                ask.receive(cursor)
        return
    raw = _ready(database)
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        taken = [(ask, _cursor(raw)) for ask in asks]
        with raw.pipeline() if len(asks) > 1 else nullcontext():
            for ask, own in taken:
                own.execute(ask.sql, ask.values)
        for ask, own in taken:
            ask.receive(own)


def _cursor(raw: Any) -> Any:
    return ServerBindingCursor(raw)  # type: ignore[call-arg]  # psycopg's own


def _goes_as_usual(database: Any) -> bool:
    """Whether statements are rewritten (`pghistory`) or logged on their way: one by one, through Django's cursor."""
    return bool(database.execute_wrappers or database.queries_logged)


def _ready(database: Any) -> Any:
    """The connection, checked and open, as Django's own cursors find it."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    return database.connection


def send_last(*asks: Ask[Any]) -> None:
    """Send the last statements of a transaction with its COMMIT: what they lock is free one trip earlier.

    Nothing may be asked between this and the end of the `atomic` block, which then has nothing left to do. Within
    somebody else's transaction, or where statements are logged or rewritten on their way, it is `send`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    outermost = database.in_atomic_block and len(database.atomic_blocks) == 1
    if outermost and not _goes_as_usual(database):
        asks = (*asks, _Commit())
    send(*asks)


class _Commit(Ask[None]):
    def __init__(self) -> None:
        super().__init__("COMMIT", ())

    def read(self, cursor: Any) -> None:
        """It has no answer; a deferred check that fails raises."""


@contextmanager
def planned_once() -> Generator[None, None, None]:
    """Statements within are bound by the server, so that a connection plans them once (`prepare_threshold`).

    Where a wrapper may put another statement before them (`pghistory`), they go as all others do.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.execute_wrappers:
        yield
        return
    raw = _ready(database)
    usual = raw.cursor_factory
    raw.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        raw.cursor_factory = usual


@contextmanager
def one_trip() -> Generator[None, None, None]:
    """What is executed within goes out together, as far as nobody reads an answer before the end."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    if _goes_as_usual(database):
        yield
        return
    with database.wrap_database_errors, _ready(database).pipeline():
        yield
