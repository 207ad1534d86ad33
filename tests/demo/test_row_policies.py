"""On the demo's rows: policies show whatever managers show, to everybody, and nothing without a scope."""

import pytest

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.scope.backstop.policies import policies, tables
from apps.scope.context import enter, whole_country
from apps.scope.managers import ScopedManager
from tests.running import as_owner, bare, no_scope_no_rows

pytestmark = pytest.mark.usefixtures("demo", "db")
PEOPLE = (
    "alliance", "province42", "province14", "city4201", "county420106", "hospital1", "hospital7", "maker1",
    "distributor1", "admin",
)  # fmt: skip
MODELS = [model for model in tables() if isinstance(model._default_manager, ScopedManager)]


def shown() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in MODELS}


@pytest.mark.parametrize("username", PEOPLE)
def test_a_policy_hides_nothing_that_a_manager_shows(username):
    with whole_country(reason="test"):
        scope = scope_of(User.objects.get(username=username))
    with enter(scope):
        with as_owner():
            unbound = shown()
        assert shown() == unbound


def counted() -> dict[str, int]:
    return {table: bare(f"SELECT count(*) FROM {table}")[0][0] for table in sorted(policies())}


def test_most_tables_have_rows_and_none_is_seen_without_a_scope():
    with as_owner():
        there = counted()
    assert sum(number > 0 for number in there.values()) > len(there) / 2
    with no_scope_no_rows():
        assert set(counted().values()) == {0}
    with whole_country(reason="test"):
        assert counted() == there


@pytest.mark.parametrize("username", ["province14", "hospital1", "maker1"])
def test_raw_statements_see_few_of_them(username):
    with whole_country(reason="test"):
        scope = scope_of(User.objects.get(username=username))
        there = counted()
    with enter(scope):
        seen = counted()
    for table in (
        "review_filing",
        "reporting_demandline",
        "allocation_allocationrow",
        "audit_logentry",
    ):
        assert seen[table] < there[table] / 2, table
