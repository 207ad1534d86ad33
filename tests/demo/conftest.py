"""The demo's data are large: loaded once for each module, rolled back with it."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

Loaded = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def for_the_module(django_db_setup: None, django_db_blocker: Any) -> Loaded:
    """`with for_the_module():` what the block writes stays for the module's tests, then goes."""

    @contextmanager
    def open_() -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return open_


@pytest.fixture(scope="module")
def demo(for_the_module: Loaded) -> Iterator[None]:
    """Everything that `load_demo` makes."""
    with for_the_module():
        call_command("load_demo", stdout=io.StringIO())
        yield
