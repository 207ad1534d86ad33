"""`/accounts/subordinates/`: resetting and unlocking below one's own unit, nowhere else."""

import re

import pytest
from django.test import Client, override_settings

from apps.accounts.domain import lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import NotBelow, reset_password
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests import factories
from tests.factories import PASSWORD

URL = "/accounts/subordinates/"


def reset(client, account, seen=""):
    return client.post(f"{URL}{account.pk}/reset/?seen={seen}")


def shown_password(response):
    return re.search(r"<code data-copy-source>([^<]+)</code>", response.content.decode())[1]


def fresh(account):
    with whole_country(reason="test"):
        return User.objects.get(pk=account.pk)


@pytest.mark.covers("S0-35", "S0-36", "S3-06")
def test_list_shows_the_whole_subtree_with_a_reset_for_each(
    client_of, city_reviewer, hospital_clerk, county_reviewer, neighbour_clerk, province_officer
):
    page = client_of(city_reviewer).get(URL).content.decode()

    for account in (hospital_clerk, county_reviewer):
        assert account.username in page
        assert f"{URL}{account.pk}/reset/" in page
    for account in (neighbour_clerk, province_officer):
        assert f"{URL}{account.pk}/" not in page
    assert "重置密码" in page


@pytest.mark.covers("S0-36", "S0-38")
def test_reset_shows_the_new_password_exactly_once(client_of, city_reviewer, hospital_clerk):
    client = client_of(city_reviewer)

    response = reset(client, hospital_clerk)

    password = shown_password(response)
    account = fresh(hospital_clerk)
    assert account.check_password(password)
    assert account.must_change_password
    assert "no-store" in response["Cache-Control"]
    assert password not in client.get(URL).content.decode()
    with whole_country(reason="test"):
        entry = LogEntry.objects.get()
    assert (entry.verb, entry.object, entry.path) == (
        "重置密码",
        "H42010600001",
        hospital_clerk.path,
    )
    assert password not in str(vars(entry))


def test_reset_is_nowhere_in_the_logs(client_of, city_reviewer, hospital_clerk, capfd):
    password = shown_password(reset(client_of(city_reviewer), hospital_clerk))

    captured = capfd.readouterr()
    assert password not in captured.out + captured.err


@override_settings(CAPTCHA="off")
def test_new_password_leads_to_a_forced_change_and_ends_old_sessions(
    client_of, city_reviewer, hospital_clerk
):
    running = client_of(hospital_clerk)
    password = shown_password(reset(client_of(city_reviewer), hospital_clerk))
    client = Client()

    client.post("/accounts/login/", {"username": hospital_clerk.username, "password": password})

    assert client.get("/accounts/sub-accounts/")["Location"].startswith("/accounts/password/")
    assert running.get("/accounts/password/").status_code == 302


def test_reloading_the_answer_does_not_reset_again(client_of, city_reviewer, hospital_clerk):
    client = client_of(city_reviewer)
    password = shown_password(reset(client, hospital_clerk))

    response = reset(client, hospital_clerk)

    assert response["Location"] == URL
    assert "没有再次重置" in client.get(URL).content.decode()
    assert fresh(hospital_clerk).check_password(password)


def test_without_javascript_a_page_asks_first(client_of, city_reviewer, hospital_clerk):
    page = client_of(city_reviewer).get(f"{URL}{hospital_clerk.pk}/reset/").content.decode()

    assert "原密码立即失效" in page
    assert fresh(hospital_clerk).check_password(PASSWORD)


@pytest.mark.parametrize("act", ["reset", "unlock", "enable", "disable"])
def test_accounts_elsewhere_above_and_beside_are_not_found(
    client_of, province_officer, alliance_officer, neighbour_clerk, act
):
    colleague = factories.sub_account_of(province_officer)
    client = client_of(province_officer)

    for account in (neighbour_clerk, alliance_officer, province_officer, colleague):
        assert client.post(f"{URL}{account.pk}/{act}/").status_code == 404


def test_the_service_refuses_too(province_officer, neighbour_clerk, country):
    with pytest.raises(NotBelow):
        reset_password(by=Actor.of(province_officer), account_id=neighbour_clerk.pk, seen=None)


def test_institutions_and_enterprises_have_no_such_page(
    client_of, hospital_clerk, manufacturer_agent
):
    for person in (hospital_clerk, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403


def test_alliance_and_province_reach_the_enterprises_they_issued(
    client_of, alliance_officer, province_officer, manufacturer_agent, distributor_agent
):
    assert reset(client_of(alliance_officer), manufacturer_agent).status_code == 200
    assert reset(client_of(province_officer), distributor_agent).status_code == 200
    assert reset(client_of(province_officer), manufacturer_agent).status_code == 404


def test_unlock_opens_a_shut_account(client_of, county_reviewer, hospital_clerk):
    with override_settings(CAPTCHA="off"):
        for _ in range(5):
            Client().post(
                "/accounts/login/", {"username": hospital_clerk.username, "password": "x"}
            )
    client = client_of(county_reviewer)
    assert "解锁" in client.get(URL).content.decode()

    client.post(f"{URL}{hospital_clerk.pk}/unlock/")

    assert not lockout.locked_usernames()
    assert f"{hospital_clerk.pk}/unlock/" not in client.get(URL).content.decode()


def test_disable_and_enable_are_for_who_issues_accounts(
    client_of, province_officer, city_reviewer, hospital_clerk
):
    assert client_of(city_reviewer).post(f"{URL}{hospital_clerk.pk}/disable/").status_code == 403
    client = client_of(province_officer)

    client.post(f"{URL}{hospital_clerk.pk}/disable/")
    assert not fresh(hospital_clerk).is_active
    client.post(f"{URL}{hospital_clerk.pk}/enable/")
    assert fresh(hospital_clerk).is_active


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unit=武昌", {"H42010600001", "county420106"}),
        ("unit=wcq", {"H42010600001", "county420106"}),
        ("account=county", {"county420106"}),
        ("role=institution", {"H42010600001"}),
        ("status=new", {"H42010600001", "county420106"}),
        ("status=disabled", set()),
        ("status=locked", set()),
    ],
)
def test_filters(client_of, city_reviewer, hospital_clerk, county_reviewer, query, found):
    page = client_of(city_reviewer).get(f"{URL}?{query}").content.decode()

    assert {name for name in ("H42010600001", "county420106") if f">{name}<" in page} == found


def test_query_budget(client_of, city_reviewer, tree, django_assert_max_num_queries):
    client = client_of(city_reviewer)
    for _ in range(50):
        factories.account_of(factories.InstitutionFactory(parent=tree["420106"]))

    client.get(URL)  # the first request notes in the session when it was

    with django_assert_max_num_queries(6):  # session, account, notices, locks, count, rows
        client.get(URL + "?per_page=50")
