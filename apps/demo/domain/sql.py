"""COPY into a model's table: the way in for tens of thousands of rows of synthetic data.

Nothing here asks for a scope: commands open the whole country.
Rows may come lazily, but must not query: while a COPY runs, its connection waits for rows and for nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from psycopg import sql

from apps.scope import database

Row = Sequence[Any]


@transaction.atomic
def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Append rows; a row that violates a constraint refuses all of them."""
    _copy(model._meta.db_table, _columns(model, fields), rows)


@transaction.atomic
def copy_missing(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], *, key: str
) -> int:
    """Append the rows whose `key` is not there yet. Returns how many were appended."""
    table, columns = model._meta.db_table, _columns(model, fields)
    names = {
        "staged": sql.Identifier(f"staged_{table}"),
        "table": sql.Identifier(table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "key": sql.Identifier(_columns(model, [key])[0]),
    }
    _execute("CREATE TEMP TABLE {staged} AS SELECT {columns} FROM {table} WITH NO DATA", names)
    _copy(f"staged_{table}", columns, rows)
    added = _execute(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged}"
        " ON CONFLICT ({key}) DO NOTHING",
        names,
    )
    _execute("DROP TABLE {staged}", names)
    return added


@transaction.atomic
def copy_changes(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> int:
    """Set the given columns of existing rows; the first field is the primary key. Returns how many."""
    table, columns = model._meta.db_table, _columns(model, fields)
    pairs = [
        sql.SQL("{column} = changed.{column}").format(column=sql.Identifier(column))
        for column in columns[1:]
    ]
    names = {
        "staged": sql.Identifier(f"changed_{table}"),
        "table": sql.Identifier(table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "pairs": sql.SQL(", ").join(pairs),
        "key": sql.Identifier(columns[0]),
    }
    _execute("CREATE TEMP TABLE {staged} AS SELECT {columns} FROM {table} WITH NO DATA", names)
    _copy(f"changed_{table}", columns, rows)
    count = _execute(
        "UPDATE {table} AS kept SET {pairs} FROM {staged} AS changed WHERE kept.{key} = changed.{key}",
        names,
    )
    _execute("DROP TABLE {staged}", names)
    return count


@transaction.atomic
def copy_text(model: type[models.Model], fields: Sequence[str], blocks: Iterable[str]) -> None:
    """Append rows that are text already, as COPY reads it: tabs between values, a line feed after each row."""
    database.copy_blocks(_into(model._meta.db_table, _columns(model, fields)), blocks)


FOREIGN_KEYS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass AND NOT EXISTS (
        SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid
    ) ORDER BY c.relname
"""
ROOM = "SELECT set_config('maintenance_work_mem', '256MB', TRUE)"


@contextmanager
def checked_afterwards(*models: type[models.Model]) -> Iterator[None]:
    """For millions of rows: foreign keys are checked by one statement at the end, indexes made in one go.

    In one transaction, so that what is interrupted leaves everything as it was. Until it ends nobody else reads the
    tables, nor those that they point to.
    """
    with transaction.atomic():
        _execute("SET CONSTRAINTS ALL IMMEDIATE", {})
        restoring = [trigger for model in models for trigger in _without(model._meta.db_table)]
        yield
        _execute(ROOM, {})
        for statement in restoring:
            _execute(statement, {})


def _without(table: str) -> Iterator[sql.Composed]:
    """Drop the table's foreign keys and plain indexes; yields what makes them anew, indexes first."""
    held = sql.Identifier(table)
    keys, indexes = _selected(FOREIGN_KEYS, table), _selected(INDEXES, table)
    for name, definition in indexes:
        _execute("DROP INDEX {index}", {"index": sql.Identifier(name)})
        yield sql.Composed([sql.SQL(definition)])
    for name, definition in keys:
        key: dict[str, sql.Composable] = {"table": held, "key": sql.Identifier(name)}
        _execute("ALTER TABLE {table} DROP CONSTRAINT {key}", key)
        adding = sql.SQL("ALTER TABLE {table} ADD CONSTRAINT {key} ").format(**key)
        yield adding + sql.SQL(definition)


def _selected(statement: str, table: str) -> list[tuple[str, str]]:
    return [(name, definition) for name, definition in database.rows(statement, [table])]


def _columns(model: type[models.Model], fields: Sequence[str]) -> list[str]:
    columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
    return [str(column) for column in columns]


def _copy(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    database.copy_rows(_into(table, columns), rows)


def _into(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _execute(statement: str | sql.Composed, names: dict[str, sql.Composable]) -> int:
    return database.run(
        sql.SQL(statement).format(**names) if isinstance(statement, str) else statement
    )
