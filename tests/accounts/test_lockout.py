"""Too many failed logins."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain import lockout
from tests.factories import PASSWORD

URL = "/accounts/login/"


@pytest.fixture(autouse=True)
def without_captcha():
    with override_settings(CAPTCHA="off"):
        yield


def try_in(username, password="wrong", address="10.0.0.1"):
    return Client(REMOTE_ADDR=address).post(URL, {"username": username, "password": password})


def lock(user):
    return [try_in(user.username).status_code for _ in range(5)]


def test_fifth_failure_shuts_the_account_and_says_for_how_long(hospital_clerk):
    assert lock(hospital_clerk) == [200, 200, 200, 200, 429]

    response = try_in(hospital_clerk.username, PASSWORD)

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "1800")
    assert "这个账号已锁定，还需等待 30 分钟" in page
    assert "上级可以在“统一门户 - 密码重置”中点【解锁】" in page


def test_writing_the_name_otherwise_does_not_help(hospital_clerk):
    lock(hospital_clerk)

    assert try_in("ｈ42010600001", PASSWORD, address="10.9.9.9").status_code == 429


def test_others_from_the_same_address_still_get_in(hospital_clerk, county_reviewer):
    lock(hospital_clerk)

    assert try_in(county_reviewer.username, PASSWORD).status_code == 302


def test_it_opens_by_itself_and_tries_do_not_prolong_it(hospital_clerk):
    lock(hospital_clerk)

    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        assert "还需等待 10 分钟" in try_in(hospital_clerk.username, PASSWORD).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert try_in(hospital_clerk.username, PASSWORD).status_code == 302


def test_success_forgets_the_failures(hospital_clerk):
    for _ in range(4):
        try_in(hospital_clerk.username)
    try_in(hospital_clerk.username, PASSWORD)

    assert lockout.failures(username=hospital_clerk.username.lower()) == 0


@override_settings(LOCKOUT_ADDRESS_LIMIT=8)
def test_address_is_shut_for_all_after_many_failures(hospital_clerk, county_reviewer):
    for number in range(8):
        try_in(f"guess{number}")

    assert "您所在网络的登录已锁定" in try_in(county_reviewer.username, PASSWORD).content.decode()
    assert try_in(county_reviewer.username, PASSWORD, address="10.0.0.2").status_code == 302


@override_settings(LOCKOUT_ADDRESS_LIMIT=8)
def test_a_success_does_not_open_a_guessing_address(hospital_clerk):
    for number in range(7):
        try_in(f"guess{number}")
    try_in(hospital_clerk.username, PASSWORD)
    try_in("guess7")

    assert try_in(hospital_clerk.username, PASSWORD).status_code == 429


def test_locked_usernames_are_found_together(hospital_clerk, county_reviewer):
    lock(hospital_clerk)
    try_in(county_reviewer.username)

    assert lockout.locked_usernames() == {hospital_clerk.username.lower()}
