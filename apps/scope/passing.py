"""Faults of database and object store that pass by themselves: the one list that pages, jobs and the worker go by.

Invariant: whatever failed like this did nothing, or (where the line was cut behind a COMMIT) all of it; it may be asked
for again. After it the connection is given up: it may lead to a server that has only just stopped being the right one.
Source: the codes of PostgreSQL (appendix A) and psycopg, which has none where the line itself failed; the exceptions of
botocore, which knows HTTP's statuses.
"""

import sys
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection

CODES = (
    "08",  # the line, or a pooler without a server
    "25006",  # not yet, or no longer, the server that takes writes
    "25P03",  # a session that was ended while it did nothing
    "40",  # deadlocks, serialisation, what a standby cannot keep
    "53",  # too many connections, no memory, a full disk
    "55P03",  # a lock that was not to be had in time
    "57P",  # starting up, shutting down, a crash of another session
)
BUSY = ("55P03", "40P01")
LINE_FAILED = (OperationalError, InterfaceError)
LINE_FAILED_BELOW = (psycopg.OperationalError, psycopg.InterfaceError)


def passes(error: BaseException | None) -> bool:
    """Whether the same thing may be done again in a moment."""
    while error is not None:
        code = getattr(error, "sqlstate", None)
        if code is not None:
            return str(code).startswith(CODES)
        if isinstance(error, LINE_FAILED_BELOW):
            return True
        if isinstance(error, LINE_FAILED) and error.__cause__ is None:
            return True  # Django's own: the connection is closed
        if _of_store(error):
            return True
        error = error.__cause__
    return False


def _of_store(error: BaseException) -> bool:
    """Whether an object store was not reached, or said itself that it is not well. Who has none loads no botocore."""
    known: Any = sys.modules.get("botocore.exceptions")
    if known is None:
        return False
    if isinstance(error, known.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return bool(status >= HTTPStatus.INTERNAL_SERVER_ERROR)
    return isinstance(error, (known.HTTPClientError, known.ConnectionError))


def is_busy(error: BaseException) -> bool:
    """Whether others held what was asked for, at a server that is well."""
    return getattr(error.__cause__, "sqlstate", None) in BUSY


def give_up_connection() -> None:
    """The next statement of this thread asks for a new connection."""
    if not connection.in_atomic_block:
        try:
            connection.close()
        except DatabaseError:
            connection.connection = None


def look_for_server() -> None:
    """Raises what keeps this thread from the database, by a connection of its own."""
    connection.ensure_connection()
    give_up_connection()
