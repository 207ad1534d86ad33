"""Statements that move many rows at once inside the database. The one module of this app with a cursor.

Invariant: every statement is bound to one project or to named filings that the caller has read within the scope.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from apps.scope.together import planned_once


def run(statement: str, values: Mapping[str, Any]) -> int:
    """Execute; return the number of rows touched."""
    with planned_once(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute; return what it selects or returns."""
    with planned_once(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
