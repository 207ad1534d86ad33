"""Who takes part in the journeys, and their browsers."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from tests import factories
from tests.cast import Tree
from tests.journeys.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Enter = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def no_captcha(settings: Any) -> None:
    """It has tests of its own."""
    settings.CAPTCHA = "off"


@pytest.fixture
def enter(chromium: "Browser", live_server: Any) -> Iterator[Enter]:
    """`enter("alliance")`: a browser for somebody; its name is that of the pictures."""
    visitors: list[Visitor] = []

    def entered(name: str) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, name))
        return visitors[-1]

    yield entered
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def newcomer(transactional_db: None, tree: Tree) -> User:
    """武昌区人民医院 before its first login."""
    return factories.account_of(tree["H42010600001"], name="王医办", must_change_password=True)


@pytest.fixture
def second_clerk(transactional_db: None, tree: Tree) -> User:
    """武汉市第一医院, directly under the city."""
    return factories.account_of(tree["H42010000001"], name="徐医办")
