"""Too many failed logins: waiting longer and longer, and never because of a stranger."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain import lockout
from apps.accounts.models import UsualAddress
from tests.factories import PASSWORD

URL = "/accounts/login/"
HOME, AWAY = "10.0.0.1", "192.0.2.7"


@pytest.fixture(autouse=True)
def without_captcha():
    with override_settings(CAPTCHA="off"):
        yield


def try_in(username, password="wrong", address=HOME):
    return Client(REMOTE_ADDR=address).post(URL, {"username": username, "password": password})


def lock(user, address=HOME):
    return [try_in(user.username, address=address).status_code for _ in range(5)]


def later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_fifth_failure_pauses_the_account_there_and_says_for_how_long(hospital_clerk):
    assert lock(hospital_clerk) == [200, 200, 200, 200, 429]

    response = try_in(hospital_clerk.username, PASSWORD)

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "这个账号的登录已暂停，还需等待 1 分钟" in page
    assert "上级可以在“统一门户 - 密码重置”中点【解锁】" in page


@pytest.mark.parametrize(
    ("count", "minutes"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (500, 30)],
)
def test_each_failure_doubles_the_wait_up_to_half_an_hour(count, minutes):
    assert lockout.pause_after(count, 5) == timedelta(minutes=minutes)


def test_the_wait_grows_with_what_is_tried_after_it(hospital_clerk):
    lock(hospital_clerk)

    with later(2):
        assert try_in(hospital_clerk.username)["Retry-After"] == "120"
    with later(3):
        assert try_in(hospital_clerk.username, PASSWORD)["Retry-After"] == "60"
    with later(5):
        assert try_in(hospital_clerk.username, PASSWORD).status_code == 302


def test_writing_the_name_otherwise_does_not_help(hospital_clerk):
    lock(hospital_clerk)

    assert try_in("ｈ42010600001", PASSWORD).status_code == 429


def test_others_from_the_same_address_still_get_in(hospital_clerk, county_reviewer):
    lock(hospital_clerk)

    assert try_in(county_reviewer.username, PASSWORD).status_code == 302


def test_tries_meanwhile_do_not_prolong_it_and_count_for_nothing(hospital_clerk):
    lock(hospital_clerk)
    for _ in range(20):
        try_in(hospital_clerk.username)

    assert lockout.failures(username=hospital_clerk.username.lower()) == 5
    with later(2):
        assert try_in(hospital_clerk.username, PASSWORD).status_code == 302


def test_failures_are_forgotten_after_a_day(hospital_clerk):
    lock(hospital_clerk)

    with later(25 * 60):
        assert lock(hospital_clerk) == [200, 200, 200, 200, 429]


class TestStrangers:
    """Who guesses elsewhere makes the owner wait nowhere where the owner usually is."""

    def test_the_owner_gets_in_at_the_usual_address_while_a_stranger_guesses(self, hospital_clerk):
        try_in(hospital_clerk.username, PASSWORD, address=HOME)
        for number in range(40):
            try_in(hospital_clerk.username, address=f"192.0.2.{number}")

        assert try_in(hospital_clerk.username, PASSWORD, address=AWAY).status_code == 429
        assert try_in(hospital_clerk.username, PASSWORD, address=HOME).status_code == 302

    def test_many_addresses_together_have_no_more_tries_than_the_limit(self, hospital_clerk):
        statuses = [
            try_in(hospital_clerk.username, address=f"192.0.2.{number}").status_code
            for number in range(30)
        ]

        assert statuses.count(200) == 9
        assert lockout.failures(username=hospital_clerk.username.lower()) == 10

    def test_what_fails_at_the_usual_address_counts_there(self, hospital_clerk):
        try_in(hospital_clerk.username, PASSWORD, address=HOME)

        assert lock(hospital_clerk, HOME)[-1] == 429
        assert try_in(hospital_clerk.username, PASSWORD, address=HOME).status_code == 429
        assert try_in(hospital_clerk.username, PASSWORD, address=AWAY).status_code == 302

    def test_a_success_forgets_what_failed_there_and_nothing_else(self, hospital_clerk):
        try_in(hospital_clerk.username, address=AWAY)
        for _ in range(4):
            try_in(hospital_clerk.username, address=HOME)
        try_in(hospital_clerk.username, PASSWORD, address=HOME)

        (left,) = AccessAttempt.objects.all()
        assert (left.ip_address, left.failures_since_start) == (AWAY, 1)

    def test_only_so_many_addresses_are_remembered(self, hospital_clerk):
        for number in range(25):
            try_in(hospital_clerk.username, PASSWORD, address=f"10.0.1.{number}")

        kept = UsualAddress.objects.order_by("pk").values_list("address", flat=True)
        assert list(kept) == [f"10.0.1.{number}" for number in range(5, 25)]


class TestAddresses:
    @override_settings(LOCKOUT_ADDRESS_LIMIT=8)
    def test_many_failures_pause_an_address_for_who_does_not_know_it(
        self, hospital_clerk, county_reviewer
    ):
        try_in(hospital_clerk.username, PASSWORD)
        for number in range(8):
            try_in(f"guess{number}")

        page = try_in(county_reviewer.username, PASSWORD).content.decode()
        assert "您所在网络的登录已暂停，还需等待 1 分钟" in page
        assert try_in(county_reviewer.username, PASSWORD, address=AWAY).status_code == 302
        assert try_in(hospital_clerk.username, PASSWORD).status_code == 302

    @override_settings(LOCKOUT_ADDRESS_LIMIT=8)
    def test_a_success_does_not_open_a_guessing_address(self, hospital_clerk, county_reviewer):
        for number in range(7):
            try_in(f"guess{number}")
        try_in(hospital_clerk.username, PASSWORD)
        try_in("guess7")

        assert try_in(county_reviewer.username, PASSWORD).status_code == 429


def test_those_who_wait_are_found_together(hospital_clerk, county_reviewer, city_reviewer):
    lock(hospital_clerk)
    try_in(county_reviewer.username)
    for number in range(10):
        try_in(city_reviewer.username, address=f"192.0.2.{number}")

    waiting = {hospital_clerk.username.lower(), city_reviewer.username.lower()}
    assert lockout.locked_usernames() == waiting
    with later(5):
        assert lockout.locked_usernames() == set()


def test_the_tier_above_lets_in_at_once(client_of, county_reviewer, hospital_clerk):
    lock(hospital_clerk)

    client_of(county_reviewer).post(f"/accounts/subordinates/{hospital_clerk.pk}/unlock/")

    assert try_in(hospital_clerk.username, PASSWORD).status_code == 302
