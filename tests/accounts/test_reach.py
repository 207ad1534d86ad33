"""What was withheld from a sub-account it doesn't get by resetting, making or changing another account."""

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issuing import NothingToIssue, issue_now
from apps.accounts.domain.passwords import (
    BEYOND,
    BeyondReach,
    reset_password,
    set_active,
    unlock_account,
)
from apps.accounts.domain.reads import issuable_units
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.sub_accounts import LIMITED, LimitedRight, create_sub_account
from apps.accounts.models import SheetKind, User
from apps.accounts.models.roles import ROLE_PERMISSIONS, Role
from apps.scope.context import enter, whole_country
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/accounts/subordinates/"


def narrow(main: User, *rights: str, username: str = "narrow") -> User:
    return factories.sub_account_of(main, permission_subset=["query", *rights], username=username)


def still_knows(account: User) -> bool:
    with whole_country(reason="test"):
        return User.objects.get(pk=account.pk).check_password(PASSWORD)


def all_but(main: User, *withheld: str) -> User:
    held = {str(right) for right in ROLE_PERMISSIONS[main.role]} - set(withheld)
    return factories.sub_account_of(main, permission_subset=sorted(held), username="broad")


def test_a_query_account_resets_no_institution(client_of, city_reviewer, hospital_clerk):
    client = client_of(narrow(city_reviewer, "reset_passwords"))

    response = client.post(f"{URL}{hospital_clerk.pk}/reset/")

    assert response.status_code == 403
    assert BEYOND in response.content.decode()
    assert still_knows(hospital_clerk)
    assert "须由主账号办理" in client.get(URL).content.decode()


def test_nor_in_bulk(client_of, city_reviewer, hospital_clerk):
    client = client_of(narrow(city_reviewer, "reset_passwords"))

    chosen = {"selected": [hospital_clerk.pk], "seen": "2099-01-01T00:00:00+08:00"}
    page = client.post(f"{URL}reset/", chosen, follow=True).content.decode()

    assert "其中 1 个账号没有重置" in page
    assert still_knows(hospital_clerk)


@pytest.mark.parametrize(
    "act",
    [
        lambda by, pk: reset_password(by=by, account_id=pk, seen=None),
        lambda by, pk: set_active(by=by, account_id=pk, active=False),
        lambda by, pk: unlock_account(by=by, account_id=pk),
    ],
)
def test_the_services_refuse_too(province_officer, hospital_clerk, act):
    clerk = narrow(province_officer, "reset_passwords", "manage_accounts")

    with enter(scope_of(clerk)), pytest.raises(BeyondReach):
        act(Actor.of(clerk), hospital_clerk.pk)


def test_it_makes_no_account_with_such_rights(province_officer, tree):
    clerk = narrow(province_officer, "manage_accounts")

    with enter(scope_of(clerk)):
        assert not issuable_units(clerk).exists()
        with pytest.raises(NothingToIssue):
            issue_now(
                by=Actor.of(clerk), kind=SheetKind.UNITS, target_ids=[tree["H42010600001"].pk]
            )


def test_with_all_that_those_below_hold_it_resets_them(client_of, province_officer, hospital_clerk):
    client = client_of(all_but(province_officer, "import"))

    assert client.post(f"{URL}{hospital_clerk.pk}/reset/").status_code == 200


def test_one_right_less_is_one_too_few(client_of, province_officer, hospital_clerk):
    client = client_of(all_but(province_officer, "report"))

    assert client.post(f"{URL}{hospital_clerk.pk}/reset/").status_code == 403


def test_who_keeps_distributors_only_resets_distributors(
    client_of, province_officer, distributor_agent, hospital_clerk
):
    client = client_of(narrow(province_officer, "reset_passwords", "manage_accounts"))

    assert client.post(f"{URL}{distributor_agent.pk}/reset/").status_code == 200
    assert client.post(f"{URL}{hospital_clerk.pk}/reset/").status_code == 403


def test_a_sub_account_below_with_as_few_rights_is_in_reach(
    client_of, city_reviewer, county_reviewer
):
    client = client_of(narrow(city_reviewer, "reset_passwords"))
    alike = factories.sub_account_of(county_reviewer, username="alike")
    wider = factories.sub_account_of(
        county_reviewer, permission_subset=["query", "review"], username="wider"
    )

    assert client.post(f"{URL}{alike.pk}/reset/").status_code == 200
    assert client.post(f"{URL}{wider.pk}/reset/").status_code == 403


@pytest.mark.parametrize("right", ["reset_passwords", "manage_accounts"])
def test_who_is_limited_to_projects_reaches_no_account(client_of, province_officer, right):
    typed = {"name": "限", "permissions": ["query", right], "limited": "on"}

    page = client_of(province_officer).post("/accounts/sub-accounts/new/", typed).content.decode()

    assert LIMITED in page
    with enter(scope_of(province_officer)), pytest.raises(LimitedRight):
        create_sub_account(
            by=Actor.of(province_officer), name="限", phone="", permissions=["query", right],
            project_ids=[],
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="limited_keeps_off"), transaction.atomic():
        factories.sub_account_of(
            province_officer, permission_subset=["query", right], limited_to_projects=True
        )


def test_the_sub_account_of_a_neighbour_is_not_even_there(
    client_of, city_reviewer, neighbour_clerk
):
    client = client_of(narrow(city_reviewer, "reset_passwords"))

    assert client.post(f"{URL}{neighbour_clerk.pk}/reset/").status_code == 404


def test_roles_are_named_by_the_one_table():
    assert set(ROLE_PERMISSIONS) == set(Role)
