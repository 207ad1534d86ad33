"""Two-step verification by `REQUIRE_TOTP` = off | admin | bureaus | all."""

import io

import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.authenticators import confirm_device, key_of, pending_device, reseal
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.domain.second_factor import is_required
from apps.accounts.management.commands.reseal import sentence
from apps.accounts.models import Authenticator, User
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.authenticators import bound, token
from tests.factories import PASSWORD

SETUP, VERIFY, PAGE = "/accounts/two-step/setup/", "/accounts/two-step/", "/accounts/sub-accounts/"
NOON = "2026-11-22T12:00:00+08:00"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("mode", "needed"),
    [
        ("off", set()),
        ("admin", {"admin"}),
        ("bureaus", {"admin", "city4201", "alliance"}),
        ("all", {"admin", "city4201", "alliance", "H42010600001", "maker"}),
    ],
)
def test_who_needs_it(
    administrator, alliance_officer, city_reviewer, hospital_clerk, manufacturer_agent, mode, needed
):
    people = (administrator, alliance_officer, city_reviewer, hospital_clerk, manufacturer_agent)

    with override_settings(REQUIRE_TOTP=mode):
        found = {person.username for person in people if is_required(person)}
        assert found == {
            manufacturer_agent.username if name == "maker" else name for name in needed
        }


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

        wrong = client.post(SETUP, {"token": "000000", "proof": PASSWORD})
        assert "动态验证码不正确" in wrong.content.decode()

    def test_bind_then_verify_in_the_next_session(self, client_of, city_reviewer, at_noon):
        client = client_of(city_reviewer)
        client.get(SETUP)
        device = Authenticator.objects.get()
        response = client.post(SETUP, {"token": token(device), "proof": PASSWORD, "next": PAGE})
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
        device = bound(city_reviewer)
        code = token(device)
        client_of(city_reviewer).post(VERIFY, {"token": code})

        response = client_of(city_reviewer).post(VERIFY, {"token": code})

        assert "动态验证码不正确或已用过" in response.content.decode()

    def test_wrong_codes_make_the_next_try_wait(self, client_of, city_reviewer):
        device = bound(city_reviewer)
        client = client_of(city_reviewer)
        client.post(VERIFY, {"token": "000000"})

        assert client.post(VERIFY, {"token": token(device)}).status_code == 200

    def test_the_wait_ends_within_half_an_hour_however_many_were_wrong(
        self, client_of, city_reviewer, at_noon
    ):
        device = bound(city_reviewer)
        for _ in range(20):
            client_of(city_reviewer).post(VERIFY, {"token": "000000"})
            at_noon.shift(3_600)
        client = client_of(city_reviewer)
        client.post(VERIFY, {"token": "000000"})
        at_noon.shift(1_200)

        assert client.post(VERIFY, {"token": token(device), "next": PAGE})["Location"] == PAGE

    def test_reset_by_the_level_above_lifts_the_binding(
        self, client_of, province_officer, city_reviewer
    ):
        bound(city_reviewer)
        with override_settings(REQUIRE_TOTP="off"):
            client_of(province_officer).post(f"/accounts/subordinates/{city_reviewer.pk}/reset/")

        assert not Authenticator.objects.exists()

    def test_leaving_stays_possible(self, client_of, city_reviewer):
        assert client_of(city_reviewer).post("/accounts/logout/")["Location"] == "/accounts/login/"


class TestOfOnesOwnWill:
    """Where nothing is required everybody may bind one, and from then on needs it."""

    REMOVE, SECURITY = "/accounts/two-step/remove/", "/accounts/security/"

    def test_whoever_wants_binds_one_and_needs_it_at_the_next_login(
        self, client_of, hospital_clerk, at_noon
    ):
        client = client_of(hospital_clerk)
        assert "绑定两步验证" in client.get(self.SECURITY).content.decode()
        client.get(SETUP)

        response = client.post(
            SETUP, {"token": token(Authenticator.objects.get()), "proof": PASSWORD}
        )

        assert response["Location"] == "/"
        assert client.get(PAGE).status_code == 200
        assert client_of(hospital_clerk).get(PAGE)["Location"].startswith(VERIFY)
        assert "已绑定" in client.get(self.SECURITY).content.decode()

    @pytest.mark.parametrize("typed", [{}, {"proof": "wrong-Password-1"}])
    def test_without_the_password_nothing_is_bound(self, client_of, hospital_clerk, at_noon, typed):
        client = client_of(hospital_clerk)
        client.get(SETUP)

        page = client.post(SETUP, {"token": token(Authenticator.objects.get()), **typed})

        assert page.status_code == 200
        assert ("登录密码不正确" in page.content.decode()) == bool(typed)
        assert not Authenticator.objects.get().confirmed

    def test_the_service_itself_asks_for_a_proof(self, hospital_clerk, at_noon):
        by = Actor.of(hospital_clerk)
        device = pending_device(by=by)

        with pytest.raises(ProofMissing):
            confirm_device(by=by, device=device, token=token(device))

    def test_a_second_one_is_not_bound(self, client_of, hospital_clerk):
        bound(hospital_clerk)

        assert client_of(hospital_clerk).get(SETUP)["Location"] == "/"

    def test_before_the_first_password_is_changed_nothing_is_bound(self, client_of, hospital_clerk):
        hospital_clerk.must_change_password = True
        hospital_clerk.save()

        assert client_of(hospital_clerk).get(SETUP).status_code == 302

    def test_unbinding_takes_a_code(self, client_of, hospital_clerk, at_noon):
        client = verified(client_of, hospital_clerk, at_noon)

        wrong = client.post(self.REMOVE, {"token": "000000"}).content.decode()
        assert "动态验证码不正确" in wrong
        at_noon.shift(90)
        response = client.post(self.REMOVE, {"token": token(Authenticator.objects.get())})

        assert response["Location"] == self.SECURITY
        assert not Authenticator.objects.exists()
        assert client_of(hospital_clerk).get(PAGE).status_code == 200
        assert last_entry() == ("解除两步验证", hospital_clerk.username)

    def test_where_it_is_required_nobody_unbinds_it(self, client_of, city_reviewer, at_noon):
        client = verified(client_of, city_reviewer, at_noon)
        with override_settings(REQUIRE_TOTP="bureaus"):
            page = client.post(self.REMOVE, {"token": token(Authenticator.objects.get())})

        assert "您的账号必须使用两步验证" in page.content.decode()
        assert Authenticator.objects.exists()

    def test_a_new_password_takes_a_code(self, client_of, hospital_clerk, at_noon):
        client = verified(client_of, hospital_clerk, at_noon)
        typed = {
            "old_password": PASSWORD,
            "new_password": "Teapot-Violin-61",
            "confirmation": "Teapot-Violin-61",
        }

        assert client.post("/accounts/password/", typed).status_code == 200
        assert client.post("/accounts/password/", {**typed, "token": "000000"}).status_code == 200
        at_noon.shift(90)
        right = {**typed, "token": token(Authenticator.objects.get())}

        assert client.post("/accounts/password/", right).status_code == 302

    def test_giving_the_account_away_takes_a_code(self, client_of, hospital_clerk, at_noon):
        client = verified(client_of, hospital_clerk, at_noon)
        hospital_clerk.refresh_from_db()
        changed = hospital_clerk.password_changed_at
        seen = changed.isoformat() if changed else ""
        form = {"name": "钱新办", "phone": "1", "old_password": PASSWORD, "seen": seen}
        device = Authenticator.objects.get(user=hospital_clerk)

        for code in ("", "000000"):
            client.post("/accounts/handover/", form | {"token": code})
            with whole_country(reason="test"):
                assert not User.objects.get(pk=hospital_clerk.pk).must_change_password
        assert Authenticator.objects.filter(user=hospital_clerk).exists()
        at_noon.shift(90)

        client.post("/accounts/handover/", form | {"token": token(device)})

        with whole_country(reason="test"):
            assert User.objects.get(pk=hospital_clerk.pk).must_change_password


class TestRecovery:
    def test_the_tier_above_lifts_it_and_the_log_says_so(
        self, client_of, city_reviewer, county_reviewer
    ):
        bound(county_reviewer)
        client = client_of(city_reviewer)
        url = f"/accounts/subordinates/{county_reviewer.pk}/factor/"
        assert "解除两步验证" in client.get("/accounts/subordinates/").content.decode()
        assert "请先确认是对方本人提出的" in client.get(url).content.decode()

        client.post(url)

        assert not Authenticator.objects.exists()
        assert last_entry() == ("解除两步验证", county_reviewer.username)
        assert client_of(county_reviewer).get(PAGE).status_code == 200

    def test_nobody_lifts_that_of_a_guarded_account_alone(
        self, client_of, alliance_officer, province_officer
    ):
        bound(province_officer)
        url = f"/accounts/subordinates/{province_officer.pk}/factor/"

        page = client_of(alliance_officer).post(url, follow=True).content.decode()

        assert "不能由一人解除" in page
        assert Authenticator.objects.filter(user=province_officer).exists()

    def test_not_by_those_below(self, client_of, city_reviewer, county_reviewer, hospital_clerk):
        bound(city_reviewer)

        url = f"/accounts/subordinates/{city_reviewer.pk}/factor/"
        assert client_of(hospital_clerk).post(url).status_code == 403
        assert client_of(county_reviewer).post(url).status_code == 404
        assert Authenticator.objects.exists()


class TestSecret:
    def test_no_secret_lies_open_in_the_table(self, hospital_clerk):
        device = bound(hospital_clerk)

        key = key_of(device)
        assert key
        assert key not in bytes(device.sealed_key)
        assert key.hex().encode() not in bytes(device.sealed_key)

    def test_a_replaced_key_opens_it_until_it_is_sealed_anew(self, hospital_clerk, settings):
        device, old = bound(hospital_clerk), settings.SECRET_KEY
        key = key_of(device)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [old]

        told = io.StringIO()
        call_command("reseal", stdout=told)
        assert told.getvalue().strip() == "已重新加密 1 个认证器，0 个无法打开、保持原样。"

        settings.SECRET_KEY_FALLBACKS = []
        device.refresh_from_db()
        assert key_of(device) == key

    @pytest.mark.parametrize(
        ("done", "said"),
        [
            ({}, "没有需要重新加密的密钥。"),
            (
                {"认证器": (2, 0), "推送密钥": (0, 1)},
                "已重新加密 2 个认证器、0 个推送密钥，1 个推送密钥无法打开、保持原样。",
            ),
        ],
    )
    def test_sealing_anew_names_only_what_there_is(self, done, said):
        assert sentence(done) == said

    def test_whose_seal_does_not_open_gets_in_after_the_tier_above_has_helped(
        self, client_of, city_reviewer, county_reviewer
    ):
        device = bound(county_reviewer)
        Authenticator.objects.update(sealed_key=b"changed")

        page = client_of(county_reviewer).post(VERIFY, {"token": "123456"})

        assert "动态验证码不正确" in page.content.decode()
        assert (key_of(Authenticator.objects.get(pk=device.pk)), reseal()) == (None, (0, 1))
        client_of(city_reviewer).post(f"/accounts/subordinates/{county_reviewer.pk}/factor/")
        assert client_of(county_reviewer).get(PAGE).status_code == 200


def verified(client_of, person, clock):
    """A browser that has signed in with both factors; the clock stands at the next code."""
    bound(person)
    client = client_of(person)
    client.post(VERIFY, {"token": token(Authenticator.objects.get())})
    clock.shift(60)
    return client


def last_entry():
    with whole_country(reason="test"):
        entry = LogEntry.objects.order_by("-pk")[0]
        assert User.objects.filter(username=entry.object).exists()
    return entry.verb, entry.object
