"""Tests run as the product does: as a role that owns nothing (`docs/decisions/0075`).

The session logs in as the owner, who makes the databases, and then is the runner: `as_owner` is for what a test does
to the database behind the product's back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.embedded_postgres import RUNNER


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
