"""Two-step verification by `REQUIRE_TOTP` = off | admin | bureaus."""

import time

import pytest
import time_machine
from django.test import override_settings
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.domain.second_factor import is_required

SETUP, VERIFY, PAGE = "/accounts/two-step/setup/", "/accounts/two-step/", "/accounts/sub-accounts/"
NOON = "2026-11-22T12:00:00+08:00"


def token(device):
    totp = TOTP(device.bin_key)
    totp.time = time.time()
    return f"{totp.token():06d}"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("mode", "needed"),
    [("off", set()), ("admin", {"admin"}), ("bureaus", {"admin", "city4201", "alliance"})],
)
def test_who_needs_it(
    administrator, alliance_officer, city_reviewer, hospital_clerk, manufacturer_agent, mode, needed
):
    people = (administrator, alliance_officer, city_reviewer, hospital_clerk, manufacturer_agent)

    with override_settings(REQUIRE_TOTP=mode):
        assert {person.username for person in people if is_required(person)} == needed


class TestBinding:
    @pytest.fixture(autouse=True)
    def for_bureaus(self):
        with override_settings(REQUIRE_TOTP="bureaus"):
            yield

    def test_first_every_page_leads_to_the_binding(self, client_of, city_reviewer, hospital_clerk):
        client = client_of(city_reviewer)

        assert client.get(PAGE)["Location"] == f"{SETUP}?next=%2Faccounts%2Fsub-accounts%2F"
        assert client_of(hospital_clerk).get(PAGE).status_code == 200
        page = client.get(SETUP).content.decode()
        assert 'src="data:image/svg+xml' in page

    def test_the_right_code_binds_and_lets_in(self, client_of, city_reviewer):
        client = client_of(city_reviewer)
        client.get(SETUP)

        wrong = client.post(SETUP, {"token": "000000"})
        assert "动态验证码不正确" in wrong.content.decode()

    def test_bind_then_verify_in_the_next_session(self, client_of, city_reviewer, at_noon):
        client = client_of(city_reviewer)
        client.get(SETUP)
        device = TOTPDevice.objects.get()
        response = client.post(SETUP, {"token": token(device), "next": PAGE})
        assert response["Location"] == PAGE
        assert client.get(PAGE).status_code == 200

        at_noon.shift(60)
        again = client_of(city_reviewer)
        assert again.get(PAGE)["Location"].startswith(VERIFY)
        code = token(device)
        assert (
            again.post(VERIFY, {"token": f"{code[:3]} {code[3:]}", "next": PAGE})["Location"]
            == PAGE
        )
        assert again.get(PAGE).status_code == 200

    def test_a_code_is_good_once(self, client_of, city_reviewer):
        device = TOTPDevice.objects.create(user=city_reviewer, confirmed=True)
        code = token(device)
        client_of(city_reviewer).post(VERIFY, {"token": code})

        response = client_of(city_reviewer).post(VERIFY, {"token": code})

        assert "动态验证码不正确或已用过" in response.content.decode()

    def test_wrong_codes_make_the_next_try_wait(self, client_of, city_reviewer):
        device = TOTPDevice.objects.create(user=city_reviewer, confirmed=True)
        client = client_of(city_reviewer)
        client.post(VERIFY, {"token": "000000"})

        assert client.post(VERIFY, {"token": token(device)}).status_code == 200

    def test_reset_by_the_level_above_lifts_the_binding(
        self, client_of, province_officer, city_reviewer
    ):
        TOTPDevice.objects.create(user=city_reviewer, confirmed=True)
        with override_settings(REQUIRE_TOTP="off"):
            client_of(province_officer).post(f"/accounts/subordinates/{city_reviewer.pk}/reset/")

        assert not TOTPDevice.objects.exists()

    def test_leaving_stays_possible(self, client_of, city_reviewer):
        assert client_of(city_reviewer).post("/accounts/logout/")["Location"] == "/accounts/login/"


@override_settings(REQUIRE_TOTP="off")
def test_pages_are_of_no_use_when_nothing_is_required(client_of, city_reviewer):
    client = client_of(city_reviewer)

    assert client.get(SETUP)["Location"] == "/"
    assert client.get(VERIFY)["Location"] == "/"
