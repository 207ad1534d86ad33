"""What the server's planner is told before statements over a whole country.

Invariant: none of it changes what a statement answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

STEP = 5_000
QUICKLY = "SELECT set_config('jit', 'off', TRUE), set_config('work_mem', '64MB', TRUE)"
"""Until the transaction ends: statements over a whole country are sorted in memory, and not compiled for some of it."""


def quick_run(statement: str, values: Mapping[str, Any]) -> int:
    """Execute with `QUICKLY`, planned for these very values; return the number of rows touched."""
    with connection.cursor() as cursor:
        _execute(cursor, statement, values)
        return int(cursor.rowcount)


def quick_rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute with `QUICKLY`, planned for these very values; return what it selects or returns."""
    with connection.cursor() as cursor:
        _execute(cursor, statement, values)
        return list(cursor.fetchall())


def _execute(cursor: Any, statement: str, values: Mapping[str, Any]) -> None:
    """The settings go ahead in the same message and end with it, or with the transaction around it."""
    cursor.execute(f"{QUICKLY}; {statement}", values)
    cursor.nextset()


def streamed_rows(statement: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What it selects as it stands now, some thousand rows at a time; within a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while found := cursor.fetchmany(STEP):
            yield from found


def copy_rows(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """`COPY … FROM STDIN`: many rows that were computed here, as fast as the server takes them."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copied_out(statement: str, values: Mapping[str, Any]) -> Iterator[bytes]:
    """What it selects as CSV with a header row, block by block, whatever its length."""
    copying = f"COPY ({statement}) TO STDOUT WITH (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, cursor.copy(copying, values) as copy:
        yield from map(bytes, copy)


@contextmanager
def snapshot() -> Iterator[None]:
    """Every statement of the block reads what stood at its beginning; nothing is written. Not within a transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(QUICKLY)
        yield


def freshen(*tables: type[models.Model] | str) -> None:
    """After many rows were written: count on what is there now (models, or names of temporary tables).

    Until the server looks by itself, a minute later at best and never within a transaction, its planner takes the
    tables for as empty as they were, and compares each of millions of rows with each of another table.
    A table that is looked at by another session at this moment is left to that.
    """
    names = [table if isinstance(table, str) else table._meta.db_table for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(map(connection.ops.quote_name, names))}")
