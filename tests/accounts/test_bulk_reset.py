"""批量重置密码: what else it lifts, and what changed since the page was made."""

import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain import issuing, lockout
from apps.accounts.models import Authenticator, IssueSheet, User
from apps.accounts.pages.issue import AT_ONCE
from apps.jobs.inline import run_waiting_jobs
from apps.scope.context import whole_country
from tests import factories
from tests.authenticators import bound
from tests.factories import PASSWORD

LIST = "/accounts/subordinates/"
URL = f"{LIST}reset/"


def moment_of(client):
    """What the page carries along."""
    return re.search(r'name="seen" value="([^"]+)"', client.get(LIST).content.decode())[1]


def reset(client, *accounts, seen):
    chosen = {"selected": [account.pk for account in accounts], "seen": seen}
    return client.post(URL, chosen, follow=True)


def still_knows(account):
    with whole_country(reason="test"):
        return User.objects.get(pk=account.pk).check_password(PASSWORD)


def test_it_unbinds_the_authenticator_and_opens_a_shut_account(
    client_of, city_reviewer, hospital_clerk, county_reviewer, province_officer
):
    for person in (hospital_clerk, province_officer):
        bound(person)
    with override_settings(CAPTCHA="off"):
        for _ in range(5):
            Client().post(
                "/accounts/login/", {"username": hospital_clerk.username, "password": "x"}
            )
    client = client_of(city_reviewer)

    reset(client, hospital_clerk, county_reviewer, seen=moment_of(client))

    assert list(Authenticator.objects.values_list("user", flat=True)) == [province_officer.pk]
    assert not lockout.locked_usernames()


def test_the_dialog_says_so(client_of, city_reviewer, hospital_clerk):
    page = client_of(city_reviewer).get(LIST).content.decode()

    assert page.count("登录锁定和两步验证的绑定也一并解除") == 2


def test_what_changed_since_the_page_was_made_is_left_alone_and_named(
    client_of, city_reviewer, hospital_clerk, county_reviewer
):
    client = client_of(city_reviewer)
    seen = moment_of(client)
    with whole_country(reason="test"):
        User.objects.filter(pk=hospital_clerk.pk).update(password_changed_at=timezone.now())

    page = reset(client, hospital_clerk, county_reviewer, seen=seen).content.decode()

    assert "账号 H42010600001的密码在页面打开之后已被重置或修改，没有再次重置" in page
    assert still_knows(hospital_clerk)
    assert not still_knows(county_reviewer)


def test_if_all_of_them_changed_there_is_no_sheet(client_of, city_reviewer, hospital_clerk):
    client = client_of(city_reviewer)
    seen = moment_of(client)
    reset(client, hospital_clerk, seen=seen)

    page = reset(client, hospital_clerk, seen=seen).content.decode()

    assert "没有再次重置" in page
    with whole_country(reason="test"):
        assert IssueSheet.objects.count() == 1


def test_a_job_asks_the_same_question_when_it_runs(client_of, city_reviewer, tree):
    accounts = [
        factories.account_of(factories.InstitutionFactory(parent=tree["420106"]))
        for _ in range(AT_ONCE + 1)
    ]
    client = client_of(city_reviewer)
    reset(client, *accounts, seen=moment_of(client))
    with whole_country(reason="test"):
        User.objects.filter(pk=accounts[0].pk).update(password_changed_at=timezone.now())
        run_waiting_jobs()
        sheet = IssueSheet.objects.get()

    assert (sheet.count, sheet.skipped) == (AT_ONCE, [accounts[0].username])
    assert [still_knows(account) for account in accounts] == [True] + [False] * AT_ONCE


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-11-22T12:00:00"])
def test_a_page_that_does_not_say_when_it_was_made_resets_nothing(
    client_of, city_reviewer, hospital_clerk, seen
):
    page = reset(client_of(city_reviewer), hospital_clerk, seen=seen).content.decode()

    assert "没有重置任何密码" in page
    assert still_knows(hospital_clerk)


def test_many_names_are_shortened():
    names = [f"H{number}" for number in range(12)]

    assert "、H9等 12 个的密码" in issuing.skipped_in_words(names)
    assert timedelta(days=3) == issuing.KEPT
