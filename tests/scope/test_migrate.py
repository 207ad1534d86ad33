"""A migration that finds its table in use lets everybody pass, and has its turn later."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.state import ProjectState

from apps.scope.database import rows, run
from apps.scope.management.commands.migrate import LOCK_SECONDS
from apps.scope.server.concurrent_index import AddIndexBesideOthers
from tests.running import as_owner
from tests.waiting import LOCKS_HERE, PATIENCE, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = f"SELECT count(*) FROM {LOCKS_HERE} WHERE NOT granted AND relation = 'organizations_division'::regclass"
ASKS = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%advisory_lock%'
        AND pid <> pg_backend_pid()
"""
COLUMN = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'waited'"
UNDONE = (
    "ALTER TABLE organizations_division DROP COLUMN IF EXISTS waited",
    "DELETE FROM django_migrations WHERE app = 'waiting'",
)


def migrate() -> subprocess.Popen[str]:
    """`manage.py migrate` of one migration, begun."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.scope.waiting_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "manage.py", "migrate", "--no-input", "waiting"]
    return subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, text=True, stderr=subprocess.PIPE
    )


@pytest.fixture
def migrating() -> Iterator[subprocess.Popen[str]]:
    """While somebody reads the table."""
    with migrate() as process:
        yield process
        process.kill()
    with as_owner():
        for statement in UNDONE:
            run(statement)


def test_nobody_waits_long_behind_a_migration_that_waits(
    migrating: subprocess.Popen[str],
) -> None:
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn) as reader:
        reader.execute("SELECT 1 FROM organizations_division")
        wait_until(lambda: rows(WAITS)[0][0] > 0, lambda: "the migration asks for no lock")
        began = time.monotonic()
        rows("SELECT 1 FROM organizations_division")
        assert time.monotonic() - began < LOCK_SECONDS + 10  # it would be for ever
        wait_until(lambda: rows(WAITS)[0][0] == 0, lambda: "it waits on and on")
        assert migrating.poll() is None

    _, said = migrating.communicate(timeout=PATIENCE)

    assert migrating.returncode == 0
    assert "Once more in" in said
    assert rows(COLUMN) == [(1,)]


def test_of_two_that_migrate_at_once_one_waits_for_the_other(
    migrating: subprocess.Popen[str],
) -> None:
    """As where two nodes start together: both are content, the migration was applied once."""
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn) as reader, migrate() as other:
        reader.execute("SELECT 1 FROM organizations_division")
        wait_until(lambda: rows(WAITS)[0][0] > 0, lambda: "nobody asks for the lock")
        wait_until(lambda: rows(ASKS)[0][0] == 1, lambda: "the other one has not come")
        reader.rollback()
        said = [each.communicate(timeout=PATIENCE)[1] for each in (migrating, other)]

    assert [each.returncode for each in (migrating, other)] == [0, 0], said
    assert sum("Somebody else is migrating" in each for each in said) == 1
    assert rows(COLUMN) == [(1,)]


def test_an_index_beside_others_may_be_made_again(db: Any) -> None:
    index = models.Index(fields=["name"], name="division_tried")
    operation = AddIndexBesideOthers("division", index)
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("organizations", after)

    with as_owner():
        for _ in range(2):
            with connection.schema_editor(atomic=False) as editor:
                operation.database_forwards("organizations", editor, before, after)
        found = rows(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'division_tried'::regclass"
        )
        run("DROP INDEX division_tried")

    assert found == [(True,)]
