"""Sessions: how long they last, what their owner sees of them, and that none comes back."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import set_active
from apps.accounts.models import Session, User
from apps.accounts.pages.sessions import browser_in_words
from apps.audit.models import LogEntry
from apps.organizations.domain.units import set_unit_active
from apps.scope.context import whole_country
from tests import factories
from tests.factories import PASSWORD

PAGE, SECURITY = "/accounts/sub-accounts/", "/accounts/security/"
CHROME_109 = (
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/109.0.0.0 Safari/537.36"
)


def signed_in(user, address="10.0.0.1", agent=CHROME_109):
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    with override_settings(CAPTCHA="off"):
        client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    return client


def is_in(client):
    return client.get(PAGE).status_code == 200


class TestLifetime:
    def test_however_busy_it_ends(self, hospital_clerk):
        client = signed_in(hospital_clerk)
        begun = timezone.now()
        for minutes in range(20, 12 * 60, 20):
            with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
                assert is_in(client), minutes

        with time_machine.travel(begun + timedelta(hours=12, minutes=10), tick=False):
            response = client.get(PAGE)
            assert response.status_code == 302
            page = client.get(response["Location"]).content.decode()
        assert "本次登录已满 12 小时，系统已自动退出" in page

    @override_settings(SESSION_LIFETIME=1800)
    def test_it_is_a_setting(self, client_of, hospital_clerk):
        client = client_of(hospital_clerk)
        assert is_in(client)
        session = client.session
        session["signed_in"] = int(time.time()) - 1801
        session.save()

        assert not is_in(client)


class TestOwn:
    def test_one_sees_time_address_and_browser_of_ones_own(self, hospital_clerk, county_reviewer):
        client = signed_in(hospital_clerk)
        signed_in(hospital_clerk, "10.0.0.2", CHROME_109.replace("Chrome/109", "Chrome/120"))
        signed_in(county_reviewer, "10.9.9.9")

        page = client.get(SECURITY).content.decode()

        for words in (
            "10.0.0.1",
            "10.0.0.2",
            "Chrome 109 · Windows",
            "Chrome 120 · Windows",
            "本次登录",
        ):
            assert words in page
        assert "10.9.9.9" not in page
        assert client.session.session_key not in page

    def test_a_single_one_is_ended(self, hospital_clerk):
        client, other = signed_in(hospital_clerk), signed_in(hospital_clerk, "10.0.0.2")
        handle = Session.objects.get(address="10.0.0.2").handle

        response = client.post(f"{SECURITY}{handle}/end/")

        assert response["Location"] == SECURITY
        assert (is_in(client), is_in(other)) == (True, False)
        with whole_country(reason="test"):
            entry = LogEntry.objects.order_by("-pk")[0]
        assert (entry.verb, "10.0.0.2" in entry.sentence) == ("退出会话", True)

    def test_all_others_are_ended(self, hospital_clerk, county_reviewer):
        client, stranger = signed_in(hospital_clerk), signed_in(county_reviewer)
        others = [signed_in(hospital_clerk, f"10.0.0.{number}") for number in (2, 3)]

        client.post(f"{SECURITY}others/end/")

        assert [is_in(each) for each in (client, stranger, *others)] == [True, True, False, False]

    def test_nobody_ends_somebody_elses(self, hospital_clerk, county_reviewer):
        client, stranger = signed_in(hospital_clerk), signed_in(county_reviewer)
        handle = Session.objects.get(account=county_reviewer).handle

        client.post(f"{SECURITY}{handle}/end/")

        assert is_in(stranger)


class TestNoRevival:
    """A session from before does not open again with the account."""

    @pytest.fixture
    def again(self, country, administrator):
        by = Actor.of(administrator)

        def off_and_on(account):
            for active in (False, True):
                set_active(by=by, account_id=account.pk, active=active)

        return off_and_on

    def test_of_a_shut_account_that_asked_nothing_meanwhile(self, hospital_clerk, again):
        client = signed_in(hospital_clerk)

        again(hospital_clerk)

        assert not is_in(client)
        assert is_in(signed_in(hospital_clerk))

    def test_of_a_sub_account_whose_main_account_was_shut(self, city_reviewer, again):
        sub = factories.sub_account_of(city_reviewer)
        client = signed_in(sub)
        assert client.get(SECURITY).status_code == 200

        again(city_reviewer)

        assert client.get(SECURITY).status_code == 302

    def test_of_a_unit_that_was_shut(self, hospital_clerk, province_officer, country):
        client = signed_in(hospital_clerk)

        for active in (False, True):
            by = Actor.of(province_officer)
            set_unit_active(by=by, unit_id=hospital_clerk.organization_id, active=active)

        assert not is_in(client)

    def test_not_even_by_a_statement_that_no_service_sends(self, hospital_clerk, country):
        client = signed_in(hospital_clerk)

        for active in (False, True):
            User.objects.filter(pk=hospital_clerk.pk).update(is_active=active)

        assert not is_in(client)

    def test_of_a_password_that_was_reset(self, client_of, county_reviewer, hospital_clerk):
        client = signed_in(hospital_clerk)
        assert Session.objects.filter(account=hospital_clerk).exists()

        client_of(county_reviewer).post(f"/accounts/subordinates/{hospital_clerk.pk}/reset/")

        assert not Session.objects.filter(account=hospital_clerk).exists()
        assert not is_in(client)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME_109, "Chrome 109 · Windows"),
        (f"{CHROME_109} Edg/109.0.1518.140", "Edge 109 · Windows"),
        (f"{CHROME_109} QIHU 360SE", "360 · Windows"),
        (f"{CHROME_109} SE 2.X MetaSr 1.0", "搜狗 · Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox 128 · Linux",
        ),
        ("curl/8.0", ""),
        ("<script>" * 1000, ""),
    ],
)
def test_browsers_in_words(agent, words):
    assert browser_in_words(agent) == words
