"""Tests run as the product does: as a role that owns nothing (decision 0075) and is bound by row policies (0090).

The session logs in as the owner, who makes the databases, and then is the runner: `as_owner` is for what a test does
to the database behind the product's back. A test's main thread stands for the country where no scope is set, so that
factories may write; within a request, a job or a command, and in every other thread and process, no scope is no rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import pytest
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.test.client import ClientHandler
from psycopg import ClientCursor

from apps.jobs import inline
from apps.scope import context, cursors
from config.embedded_postgres import RUNNER

_at_rest: ContextVar[bool] = ContextVar("at_rest", default=False)
BESIDE_TESTS = context.Scope(reason="beside tests", everything=True)


def pytest_configure() -> None:
    _at_rest.set(True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The databases are there: from here on as the runner, who may also look at what other sessions wait for."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"GRANT pg_read_all_stats TO {RUNNER}")
        connection.close()
    options = settings.DATABASES["default"]["OPTIONS"]
    options["assume_role"] = RUNNER
    yield
    with django_db_blocker.unblock():
        del options["assume_role"]
        connection.close()


@pytest.fixture(scope="session", autouse=True)
def country_at_rest() -> Iterator[None]:
    """Whose rows are told where no scope is set: the country's for the test itself, nobody's for the product."""

    def at_work(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def working(*given: Any, **named: Any) -> Any:
            with no_scope_no_rows():
                return function(*given, **named)

        return working

    def told() -> context.Scope | None:
        scope = context.scope_in_force()
        return BESIDE_TESTS if scope is None and _at_rest.get() else scope

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "__call__", at_work(ClientHandler.__call__))
        patch.setattr(BaseCommand, "execute", at_work(BaseCommand.execute))
        patch.setattr(inline, "run_job", at_work(inline.run_job))
        patch.setattr(cursors, "scope_in_force", told)
        yield


@contextmanager
def no_scope_no_rows() -> Iterator[None]:
    """As in production, for the block."""
    token = _at_rest.set(False)
    try:
        yield
    finally:
        _at_rest.reset(token)


def bare(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """What the server by itself answers under the scope in force: past our cursors, which refuse to ask without one."""
    connection.ensure_connection()
    raw: Any = connection.connection
    cursors._tell(raw)
    with ClientCursor(raw) as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else [(cursor.rowcount,)]


@contextmanager
def as_owner() -> Iterator[None]:
    """The block's statements are the owner's. What fails within a transaction is rolled back, the role with it."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {RUNNER}")
