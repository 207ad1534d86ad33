"""The one door to the database for statements that are written as text. Only modules named `sql.py` come here.

Invariants: nothing here adds a condition for the scope, so whoever calls it binds a statement to what was read within
one; the server shows rows of the scope in force only where a table has a policy (`policies`). Statements
sent together (PostgreSQL's pipeline mode) run in the order in which they are asked, each seeing what was committed
before it began, as if they were sent one by one; where one fails, nothing after it runs and its error is raised.
What the planner is told changes no answer. What reads goes where `reading` says, what writes to the primary.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections

from .cursors import PreparingCursor, UnpreparedCursor, pipelined
from .reading import alias, elsewhere

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]
Found = list[tuple[Any, ...]]
STEP = 5_000
QUICKLY = "SELECT set_config('jit', 'off', TRUE), set_config('work_mem', '64MB', TRUE)"
"""Until the transaction ends: statements over a whole country are sorted in memory, and not compiled for some of it."""
_NOTHING = object()


def run(statement: Any, values: Values | None = None) -> int:
    """Execute; return the number of rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows(statement: Any, values: Values | None = None) -> Found:
    """Execute; return what it selects or returns."""
    with _server().cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def planned_run(statement: str, values: Values) -> int:
    """`run`, planned once for each connection."""
    with planned_once(connections[DEFAULT_DB_ALIAS]):
        return run(statement, values)


def planned_rows(statement: str, values: Values) -> Found:
    """`rows`, planned once for each connection."""
    with planned_once():
        return rows(statement, values)


def naming(statement: str, filings: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """A statement with `= ANY(%(filings)s)`, and its values, for these filings.

    One is named itself: for a list of unknown length the server makes a new plan each time.
    """
    if len(filings) == 1:
        return statement.replace("= ANY(%(filings)s)", "= %(filing)s"), {"filing": filings[0]}
    return statement, {"filings": list(filings)}


def quick_run(statement: str, values: Values) -> int:
    """`run` with `QUICKLY`, planned for these very values."""
    with connection.cursor() as cursor:
        _execute(cursor, statement, values)
        return int(cursor.rowcount)


def quick_rows(statement: str, values: Values) -> Found:
    """`rows` with `QUICKLY`, planned for these very values."""
    with _server().cursor() as cursor:
        _execute(cursor, statement, values)
        return list(cursor.fetchall())


def _execute(cursor: Any, statement: str, values: Values) -> None:
    """The settings go ahead in the same message and end with it, or with the transaction around it."""
    cursor.execute(f"{QUICKLY}; {statement}", values)
    cursor.nextset()


def streamed_rows(statement: str, values: Values) -> Iterator[tuple[Any, ...]]:
    """What it selects as it stands now, some thousand rows at a time; within a transaction."""
    with _server().chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(STEP):
            yield from chunk


def copy_rows(statement: Any, rows: Iterable[Sequence[Any]]) -> None:
    """`COPY … FROM STDIN`: many rows that were computed here, as fast as the server takes them."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_blocks(statement: Any, blocks: Iterable[str]) -> None:
    """The same of rows that are text already: tabs between values, a line feed after each row."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in blocks:
            copy.write(block)


def copied_out(statement: str, values: Values) -> Iterator[bytes]:
    """What it selects as CSV with a header row, block by block, whatever its length."""
    copying = f"COPY ({statement}) TO STDOUT WITH (FORMAT csv, HEADER)"
    with _server().cursor() as cursor, cursor.copy(copying, values) as copy:
        yield from map(bytes, copy)


@contextmanager
def staged(create: str, copy: str, lines: Iterable[Sequence[Any]]) -> Generator[None, None, None]:
    """What `CREATE TEMP TABLE …` makes, filled by COPY and dropped afterwards.

    `lines` may come lazily, but must not query: the connection waits for them.
    """
    with connection.cursor() as cursor:
        cursor.execute(create)
        with cursor.copy(copy) as target:
            for line in lines:
                target.write_row(line)
        yield
        cursor.execute(f"DROP TABLE {create.split()[3]}")


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


def send(*asks: Ask[Any]) -> None:
    """Send them together and take the answers."""
    database = _server()
    if database.alias != DEFAULT_DB_ALIAS and any(isinstance(ask, Touched) for ask in asks):
        database = connections[DEFAULT_DB_ALIAS]
    if _goes_as_usual(database, asks):
        with planned_once(database), database.cursor() as cursor:
            for ask in asks:
                cursor.execute(ask.sql, ask.values)
                ask.receive(cursor)
        return
    raw = _ready(database)
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        taken = [(ask, _cursor(raw)) for ask in asks]
        with pipelined(raw) if len(asks) > 1 else nullcontext():
            for ask, own in taken:
                own.execute(ask.sql, ask.values)
        for ask, own in taken:
            ask.receive(own)


def _server() -> Any:
    """Whom one reads from."""
    return connections[DEFAULT_DB_ALIAS if elsewhere.get() is None else alias()]


def _cursor(raw: Any) -> Any:
    return PreparingCursor(raw)


def _goes_as_usual(database: Any, asks: Sequence[Ask[Any]] | None = None) -> bool:
    """Whether statements are rewritten or logged on their way: one by one, through Django's cursor.

    `pghistory` puts the author before what writes, and lets a SELECT pass as it is.
    """
    wrappers = database.execute_wrappers
    if asks is not None and all(map(_only_reads, asks)):
        wrappers = [wrapper for wrapper in wrappers if wrapper.__module__ != AUTHORSHIP]
    return bool(wrappers or database.queries_logged)


AUTHORSHIP = "pghistory.runtime"


def _only_reads(ask: Ask[Any]) -> bool:
    return ask.sql.lstrip()[:6].upper() == "SELECT"


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
def planned_once(database: Any = None) -> Generator[None, None, None]:
    """Statements within are bound by the server, so that a connection plans them once.

    Where a wrapper may put another statement before them (`pghistory`), they go as all others do.
    """
    database = database or _server()
    if database.execute_wrappers:
        yield
        return
    raw = _ready(database)
    usual = raw.cursor_factory
    raw.cursor_factory = UnpreparedCursor if database.queries_logged else PreparingCursor
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
    with database.wrap_database_errors, pipelined(_ready(database)):
        yield
