"""The cast: one person per role in Hubei, and strangers in Shanxi whose data must never show.

    def test_city_sees_its_own(city_reviewer, client_of):
        response = client_of(city_reviewer).get("/review/DEMO/")

Database work in a test needs a scope: the fixture `country`, or `with scope_of_user(user):`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.organizations.models import Organization
from apps.scope.context import Scope, enter, whole_country
from tests import factories

Tree = dict[str, Organization]


@pytest.fixture
def tree(db: None) -> Tree:
    """The units by code: 0, 42, 420100, 420106, 420200, 420202, 14, 140100, 140105 and institutions."""
    return factories.build_tree()


@pytest.fixture
def country() -> Iterator[Scope]:
    """The whole country, open for the test."""
    with whole_country(reason="test") as scope:
        yield scope


@pytest.fixture
def scope_of_user() -> Callable[[User], AbstractContextManager[Scope]]:
    """`with scope_of_user(user):` sees what that person sees."""

    def entered(user: User) -> AbstractContextManager[Scope]:
        return enter(scope_of(user))

    return entered


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A signed-in browser of that person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def hospital_clerk(tree: Tree) -> User:
    """武昌区人民医院, under a county."""
    return factories.account_of(tree["H42010600001"], name="王医办")


@pytest.fixture
def county_reviewer(tree: Tree) -> User:
    """武昌区."""
    return factories.account_of(tree["420106"], name="李区审")


@pytest.fixture
def city_reviewer(tree: Tree) -> User:
    """武汉市."""
    return factories.account_of(tree["420100"], name="陈市审")


@pytest.fixture
def province_officer(tree: Tree) -> User:
    """湖北省."""
    return factories.account_of(tree["42"], name="周省局")


@pytest.fixture
def alliance_officer(tree: Tree) -> User:
    """联采办."""
    return factories.account_of(tree["0"], name="赵联采")


@pytest.fixture
def neighbour_clerk(tree: Tree) -> User:
    """小店区人民医院 in Shanxi: the stranger."""
    return factories.account_of(tree["H14010500001"], name="孙邻院")


@pytest.fixture
def neighbour_officer(tree: Tree) -> User:
    """山西省: the stranger with rights."""
    return factories.account_of(tree["14"], name="钱邻省")


@pytest.fixture
def manufacturer_agent(tree: Tree) -> User:
    """A manufacturer, issued by the alliance."""
    maker = factories.EnterpriseFactory(name="江城制药有限公司")
    return factories.enterprise_account(maker, Role.MANUFACTURER, tree["0"], name="吴厂代")


@pytest.fixture
def distributor_agent(tree: Tree) -> User:
    """A distributor, issued by Hubei."""
    carrier = factories.EnterpriseFactory(name="楚天医药配送有限公司")
    return factories.enterprise_account(
        carrier, Role.DISTRIBUTOR, tree["42"], name="郑配送", username="P420001"
    )


@pytest.fixture
def administrator(db: None) -> User:
    """安全管理员: keeps accounts."""
    return factories.administrator(name="冯管理")


@pytest.fixture
def system_administrator(db: None) -> User:
    """系统管理员: keeps reference data."""
    return factories.administrator(Role.SYSTEM, username="system", name="褚系统")


@pytest.fixture
def auditor(db: None) -> User:
    """审计管理员: reads the log."""
    return factories.administrator(Role.AUDIT, username="auditor", name="卫审计")
