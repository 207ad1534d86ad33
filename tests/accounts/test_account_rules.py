"""What the database refuses of accounts, whoever asks: role, path, sub-accounts, administrators."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.accounts.models import User
from apps.accounts.models.roles import ADMINISTRATOR_ROLES, Permission, Role
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests import factories

pytestmark = pytest.mark.django_db


@contextmanager
def refused(constraint):
    with (
        whole_country(reason="test"),
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
    ):
        yield


def change(account, **values):
    User.objects.filter(pk=account.pk).update(**values)


def fresh(account):
    with whole_country(reason="test"):
        return User.objects.get(pk=account.pk)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"role": Role.ALLIANCE}, "account_stands_with_its_unit"),
        ({"path": "/0/"}, "account_stands_with_its_unit"),
        ({"role": Role.MANUFACTURER}, "account_stands_with_its_unit|role_matches_belonging"),
        ({"is_superuser": True}, "user_nobody_is_superuser"),
        ({"limited_to_projects": True}, "user_limited_is_a_sub_account"),
        ({"permission_subset": ["query"]}, "user_subset_of_every_sub_account"),
        ({"is_staff": True, "organization": None}, "role_matches_belonging"),
    ],
)
def test_an_account_stands_with_its_unit(city_reviewer, values, constraint):
    with refused(constraint):
        change(city_reviewer, **values)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.MANUFACTURER, "/0/42/E{}/"),
        (Role.DISTRIBUTOR, "/0/E{}/"),
        (Role.DISTRIBUTOR, "/0/42/420100/E{}/"),
        (Role.DISTRIBUTOR, "/0/42/E0/"),
    ],
)
def test_the_path_of_an_enterprise_tells_who_issued_it(tree, role, path):
    enterprise = factories.EnterpriseFactory()
    account = User(username="x1", enterprise=enterprise, role=role, path=path.format(enterprise.pk))

    with refused("user_path_tells_the_issuer"):
        account.save()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"permission_subset": ["query", "manage"]}, "user_subset_within_the_role"),
        ({"permission_subset": None}, "user_subset_of_every_sub_account"),
        ({"role": Role.PROVINCE}, "account_stands_with_its_main_account"),
        ({"path": "/0/"}, "account_stands_with_its_main_account"),
        ({"organization": None}, "account_stands_with_its_main_account"),
        (
            {"limited_to_projects": True, "permission_subset": ["query", "reset_passwords"]},
            "user_limited_keeps_off_accounts",
        ),
    ],
)
def test_a_sub_account_stands_with_its_main_account(city_reviewer, values, constraint):
    account = factories.sub_account_of(city_reviewer)

    with refused(constraint):
        change(account, **values)


def test_a_sub_account_has_no_sub_accounts(city_reviewer):
    account = factories.sub_account_of(city_reviewer)
    below = User(
        username="x1", role=account.role, organization=account.organization, path=account.path,
        parent_account=account, permission_subset=["query"],
    )  # fmt: skip

    with refused("account_stands_with_its_main_account"):
        below.save()


def test_what_the_main_account_loses_later_its_sub_accounts_lose(province_officer, tree):
    rights = ["import", "manage_accounts", "query", "review"]
    account = factories.sub_account_of(province_officer, permission_subset=rights)

    with whole_country(reason="test"):
        change(
            province_officer, role=Role.CITY, organization=tree["420100"], path=tree["420100"].path
        )

    account = fresh(account)
    assert (account.role, account.path, account.organization_id) == (
        Role.CITY,
        tree["420100"].path,
        tree["420100"].pk,
    )
    assert account.permissions == {Permission.QUERY, Permission.REVIEW}


def test_the_tier_of_a_unit_never_changes(city_reviewer, tree):
    with (
        whole_country(reason="test"),
        pytest.raises(DatabaseError, match="Cannot update"),
        transaction.atomic(),
    ):
        Organization.objects.filter(pk=tree["420100"].pk).update(tier="province")


@pytest.mark.parametrize("role", ADMINISTRATOR_ROLES)
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"is_superuser": True}, "user_nobody_is_superuser"),
        ({"path": "/0/"}, "role_matches_belonging"),
        ({"role": Role.ALLIANCE}, "role_matches_belonging"),
        ({"permission_subset": ["query"]}, "user_subset"),
    ],
)
def test_an_administrator_is_one_of_three_and_nothing_else(db, role, values, constraint):
    with refused(constraint):
        change(factories.administrator(role), **values)


def test_an_administrator_has_no_sub_accounts(administrator):
    account = User(
        username="x1", role=administrator.role, is_staff=True, parent_account=administrator,
        permission_subset=[],
    )  # fmt: skip

    with refused("administrators_have_no_sub_accounts|account_stands_with_its_main_account"):
        account.save()
