"""Statements that touch many lines at once inside the database. The one module of this app with a cursor.

Invariant: every statement is bound to one project or to named filings that the caller has read within the scope.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from apps.review.models import Filing
from apps.scope.together import planned_once


def run(statement: str, values: Mapping[str, Any]) -> int:
    """Execute; return the number of rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute; return what it selects or returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def run_for(filings: Sequence[Filing], statement: str) -> int:
    """`run` for these filings, which the statement names as `= ANY(%(filings)s)`."""
    with planned_once():
        return run(*_naming(filings, statement))


def rows_for(filings: Sequence[Filing], statement: str) -> list[tuple[Any, ...]]:
    """`rows` for these filings, which the statement names as `= ANY(%(filings)s)`."""
    with planned_once():
        return rows(*_naming(filings, statement))


def _naming(filings: Sequence[Filing], statement: str) -> tuple[str, dict[str, Any]]:
    """One filing is named itself: for a list of unknown length the server makes a new plan each time."""
    if len(filings) == 1:
        return statement.replace("= ANY(%(filings)s)", "= %(filing)s"), {"filing": filings[0].pk}
    return statement, {"filings": [filing.pk for filing in filings]}


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
