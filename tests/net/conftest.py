"""The people of the access matrix, by the titles of its columns, and their world: built once for all tests that stand
on it, which `tests.sharing` keeps in a row.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from tests import factories
from tests.cast import Tree
from tests.net.access_world import World, build

RESETS = ["query", "reset_passwords"]


def people_of(tree: Tree) -> dict[str, User]:
    """The cast; onlooker and resetter are sub-accounts of 武汉市: one may only query, the other also reset passwords.

    The branch is an account that Shanxi gave the maker: nothing of Hubei may show through it.
    """
    city = factories.account_of(tree["420100"], name="陈市审")
    maker = factories.EnterpriseFactory(name="江城制药有限公司")
    carrier = factories.EnterpriseFactory(name="楚天医药配送有限公司")
    return {
        "hospital": factories.account_of(tree["H42010600001"], name="王医办"),
        "county": factories.account_of(tree["420106"], name="李区审"),
        "city": city,
        "province": factories.account_of(tree["42"], name="周省局"),
        "alliance": factories.account_of(tree["0"], name="赵联采"),
        "stranger": factories.account_of(tree["H14010500001"], name="孙邻院"),
        "foreign": factories.account_of(tree["14"], name="钱邻省"),
        "maker": factories.enterprise_account(maker, Role.MANUFACTURER, tree["0"], name="吴厂代"),
        "carrier": factories.enterprise_account(
            carrier, Role.DISTRIBUTOR, tree["42"], name="郑配送", username="P420001"
        ),
        "branch": factories.enterprise_account(
            maker, Role.DISTRIBUTOR, tree["14"], name="孔晋代", username="P140001"
        ),
        "onlooker": factories.sub_account_of(city, name="何查询"),
        "resetter": factories.sub_account_of(
            city,
            username="city4201-02",
            name="吕重置",
            permission_subset=["query", "reset_passwords"],
        ),
        "security": factories.administrator(name="冯管理"),
        "system": factories.administrator(Role.SYSTEM, username="system", name="褚系统"),
        "auditor": factories.administrator(Role.AUDIT, username="auditor", name="卫审计"),
    }


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def again(client: Client) -> Client:
    """Another browser with the same session."""
    fresh = Client()
    fresh.cookies.update(client.cookies)
    return fresh


@pytest.fixture
def people(tree: Tree) -> dict[str, User]:
    """The people of a test that builds its own world."""
    return people_of(tree)


class Lasting:
    """A world in a transaction that stays open from its first test to its last."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.until_then = ExitStack()

    def enter(self, blocker: Any) -> World:
        if self.world is None:
            with blocker.unblock(), ExitStack() as stack:
                stack.enter_context(transaction.atomic())
                tree = factories.build_tree()
                self.world = build(tree, people_of(tree), signed_in)
                connection.check_constraints()  # once: each test would look at all of it again
                self.until_then = stack.pop_all()
        return self.world

    def leave(self, blocker: Any) -> None:
        if self.world is not None:
            self.world = None
            with blocker.unblock():
                transaction.set_rollback(True)
                self.until_then.close()


LASTING = Lasting()


@pytest.fixture(scope="module")
def lasting_world(django_db_setup: None, django_db_blocker: Any) -> World:
    """One of everything in Hubei, and the same in Shanxi; it goes with the last test that stands on it."""
    return LASTING.enter(django_db_blocker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if "lasting_world" not in getattr(nextitem, "fixturenames", ()):
        LASTING.leave(item.config.stash[blocking_manager_key])


@pytest.fixture
def world(lasting_world: World, db: None) -> World:
    """The module's world with browsers of the test's own; what it writes is rolled back."""
    clients = lasting_world.clients
    return replace(lasting_world, clients={name: again(clients[name]) for name in clients})
