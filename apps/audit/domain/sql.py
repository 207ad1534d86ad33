"""SQL of seals: up to which row everything is settled, and rows as the database itself writes them down.

Tables are named by models that the code registered, never by what a row says.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from apps.scope.database import Found, rows, run

SEALERS = 0x5EA1
"""Of the lock that keeps two sealers apart."""

TAKE_TURN = "SELECT pg_advisory_xact_lock(%s)"
WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %(table)s::regclass AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND mode = ANY(%(modes)s) AND pid IS DISTINCT FROM pg_backend_pid()
"""
MODES = [
    "RowExclusiveLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
]
AT_WORK = "SELECT EXISTS (SELECT FROM pg_locks WHERE virtualtransaction = ANY(%s))"
MOMENTS = """
    SELECT column_name::text FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s AND data_type = 'timestamp with time zone'
"""
COLUMNS = """
    SELECT column_name::text FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s
"""


def take_turn() -> None:
    """Within a transaction: one sealer at a time."""
    run(TAKE_TURN, [SEALERS])


def writers_of(model: type[Model]) -> list[str]:
    """The transactions of others that may hold ids of rows not yet committed."""
    writers = rows(WRITERS, {"table": model._meta.db_table, "modes": MODES})
    return [name for (name,) in writers]


def are_at_work(transactions: Sequence[str]) -> bool:
    return bool(transactions) and bool(rows(AT_WORK, [list(transactions)])[0][0])


def columns_of(table: str) -> set[str]:
    return {name for (name,) in rows(COLUMNS, [table])}


def moments_of(table: str) -> set[str]:
    """The columns that hold moments, by the database's own catalogue."""
    return {name for (name,) in rows(MOMENTS, [table])}


def rows_as_text(model: type[Model], *, after: int, upto: int, most: int = 1) -> Found:
    """Id and columns by name, each as text, of the first rows whose ids lie above `after` up to `upto`."""
    table: Any = model._meta.db_table
    statement = f"""
        SELECT id, (SELECT jsonb_object_agg(key, value)::text FROM jsonb_each_text(to_jsonb(sealed)))
        FROM "{table}" AS sealed WHERE id > %(after)s AND id <= %(upto)s ORDER BY id LIMIT %(most)s
    """  # noqa: S608
    texts = rows(statement, {"after": after, "upto": upto, "most": most})
    return [(pk, json.loads(columns)) for pk, columns in texts]
