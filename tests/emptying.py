"""Tests that commit leave an empty database: the few tables with rows are emptied, not all of them truncated.

Django's own way truncates some two hundred tables and then makes the permissions again, seconds for each such test.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.running import as_owner

KEEPS = pytest.StashKey[bool]()
"""Whether what is in the database stays after the test at work: others stand on it."""
# Made by the migrations and the same for every test.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
    ORDER BY relname
"""
# What rehearsals made for themselves.
SCHEMAS = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname LIKE 'rehearsal%%'"


def empty_database() -> None:
    """Delete all rows, drop all rehearsals; neither keys nor the triggers that protect histories are asked."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES, [list(KEPT)])
        asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for (name,) in cursor]
        cursor.execute(" UNION ALL ".join(asked))
        filled = [name for (name,) in cursor]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute(SCHEMAS)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session", autouse=True)
def quickly_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """In place of the flush after each test that commits. Needs a superuser of the database server, as tests have."""
    stash = request.config.stash

    def empty(_case: TransactionTestCase) -> None:
        if not stash.get(KEEPS, False):
            empty_database()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
