"""The demo is large: loaded once for all tests here (`tests.sharing` keeps them together), then rolled back."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tests.running import as_owner


@contextmanager
def _lasting(blocker: Any) -> Iterator[None]:
    """What the block writes stays for the fixture's tests, then goes."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything that `load_demo` makes."""
    with _lasting(django_db_blocker):
        with as_owner():
            call_command("load_demo", stdout=io.StringIO())
        connection.check_constraints()  # once: each test would look at all that was loaded again
        yield


@pytest.fixture(scope="module")
def for_the_module(django_db_setup: None, django_db_blocker: Any) -> Any:
    """`with for_the_module():` what the block writes stays for the module's tests, then goes."""
    return lambda: _lasting(django_db_blocker)
