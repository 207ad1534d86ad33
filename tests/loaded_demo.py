"""The demo is large: loaded once for all tests that stand on it, which `tests.sharing` keeps together, then emptied."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.plugin import blocking_manager_key

from tests.emptying import KEEPS, empty_database
from tests.running import as_owner


@pytest.fixture(scope="session")
def demo(django_db_setup: None, django_db_blocker: Any) -> None:
    """Everything that `load_demo` makes, committed: it is there for servers in other threads too."""
    with django_db_blocker.unblock(), as_owner():
        call_command("load_demo", stdout=io.StringIO())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    item.config.stash[KEEPS] = stands_on_it(item)
    yield
    if stands_on_it(item) and nextitem and not stands_on_it(nextitem):
        with item.config.stash[blocking_manager_key].unblock():
            empty_database()


def stands_on_it(item: pytest.Item) -> bool:
    return "demo" in getattr(item, "fixturenames", ())
