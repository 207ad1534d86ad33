"""What tests here build for themselves, beside the demo (`tests.loaded_demo`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction


@contextmanager
def _lasting(blocker: Any) -> Iterator[None]:
    """What the block writes stays for the fixture's tests, then goes."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def for_the_module(django_db_setup: None, django_db_blocker: Any) -> Any:
    """`with for_the_module():` what the block writes stays for the module's tests, then goes."""
    return lambda: _lasting(django_db_blocker)
