"""`/accounts/login/`: signing in, being sent back, being refused."""

import re
from datetime import timedelta

import pytest
from captcha.models import CaptchaStore
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.factories import PASSWORD
from tests.pages import words_of

URL = "/accounts/login/"


@pytest.fixture(autouse=True)
def without_captcha():
    with override_settings(CAPTCHA="off"):
        yield


def posted(client, user, password=PASSWORD, **more):
    return client.post(URL, {"username": user.username, "password": password, **more})


@pytest.mark.covers("S0-11", "S1-06", "S2-11", "S2-13")
def test_form_has_tab_fields_and_buttons(db):
    page = Client().get(URL).content.decode()

    for words in ("单位/经办人登录", "用户名", "密码"):
        assert words in page
    assert words_of(page, "button") == {"登录", "重置"}


def test_right_password_opens_the_portal_and_is_logged(hospital_clerk):
    response = posted(Client(), hospital_clerk)

    assert (response.status_code, response["Location"]) == (302, "/")
    with whole_country(reason="test"):
        entry = LogEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.path) == (
        "登录",
        hospital_clerk.pk,
        hospital_clerk.path,
    )


def test_administrators_land_in_the_administration(administrator):
    assert posted(Client(), administrator)["Location"] == "/admin/"


def test_case_and_width_of_the_username_do_not_matter(hospital_clerk):
    response = Client().post(URL, {"username": " ｈ42010600001", "password": PASSWORD})

    assert response.status_code == 302


@pytest.mark.parametrize("username", ["H42010600001", "nobody"])
def test_wrong_password_and_unknown_name_are_told_alike(hospital_clerk, username):
    response = Client().post(URL, {"username": username, "password": "wrong"})

    assert response.status_code == 200
    assert "用户名或密码不正确" in response.content.decode()
    assert "_auth_user_id" not in response.client.session


def test_password_is_not_written_back(hospital_clerk):
    assert (
        "Secret-Typed-1" not in posted(Client(), hospital_clerk, "Secret-Typed-1").content.decode()
    )


def test_next_page_is_followed_within_the_site_only(hospital_clerk):
    assert (
        posted(Client(), hospital_clerk, next="/projects/?page=2")["Location"]
        == "/projects/?page=2"
    )
    assert posted(Client(), hospital_clerk, next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize(
    "name", ["county", "accounts:logout", "?page=2", "https:/evil.example", "\\\\evil"]
)
def test_a_next_page_that_is_no_address_leads_home(name, hospital_clerk):
    """`redirect` would take it for the name of a page, and end if there is none."""
    assert posted(Client(), hospital_clerk, next=name)["Location"] == "/"


def test_who_is_signed_in_goes_on(client_of, hospital_clerk):
    assert client_of(hospital_clerk).get(URL)["Location"] == "/"


def test_disabled_accounts_stay_out(hospital_clerk):
    hospital_clerk.is_active = False
    hospital_clerk.save()

    assert posted(Client(), hospital_clerk).status_code == 200


def test_accounts_of_a_closed_unit_stay_out(hospital_clerk):
    hospital_clerk.organization.is_active = False
    hospital_clerk.organization.save()

    assert posted(Client(), hospital_clerk).status_code == 200


def test_disabling_ends_a_running_session(client_of, hospital_clerk):
    client = client_of(hospital_clerk)
    hospital_clerk.is_active = False
    hospital_clerk.save()

    assert client.get("/accounts/password/").status_code == 302


@pytest.mark.covers("S1-11", "S2-15")
def test_logout_ends_the_session(client_of, hospital_clerk):
    client = client_of(hospital_clerk)
    assert "退出" in words_of(client.get("/accounts/password/").content.decode(), "button")

    response = client.post("/accounts/logout/")

    assert response["Location"] == URL
    assert "您已退出系统" in client.get(URL).content.decode()
    assert client.get("/accounts/password/").status_code == 302


def test_logout_by_link_is_refused(client_of, hospital_clerk):
    assert client_of(hospital_clerk).get("/accounts/logout/").status_code == 405


class TestCaptcha:
    def answer(self, page: str) -> dict[str, str]:
        key = re.search(r'name="captcha_key" value="(\w+)"', page)[1]
        return {
            "captcha_key": key,
            "captcha": CaptchaStore.objects.get(hashkey=key).response.upper(),
        }

    @override_settings(CAPTCHA="always")
    def test_always_asked_and_needed(self, hospital_clerk):
        client = Client()
        page = client.get(URL).content.decode()

        assert "验证码" in page
        assert posted(client, hospital_clerk).status_code == 200
        assert posted(client, hospital_clerk, **self.answer(page)).status_code == 302

    @override_settings(CAPTCHA="always")
    def test_a_challenge_is_good_once(self, hospital_clerk):
        client = Client()
        answer = self.answer(client.get(URL).content.decode())

        posted(client, hospital_clerk, "wrong", **answer)

        assert posted(client, hospital_clerk, **answer).status_code == 200

    @override_settings(CAPTCHA="always")
    def test_wrong_captcha_does_not_try_the_password(self, hospital_clerk):
        for _ in range(6):
            response = posted(Client(), hospital_clerk, "wrong", captcha="xxxx", captcha_key="x")

        assert response.status_code == 200
        assert "验证码不正确或已过期" in response.content.decode()

    @override_settings(CAPTCHA="always")
    def test_digits_read_aloud_instead_of_an_image(self, hospital_clerk):
        client = Client()
        page = client.get(URL + "?captcha=audio&username=H42010600001").content.decode()
        sound = client.get(re.search(r'src="(/accounts/captcha/\w+/audio/)"', page)[1])

        assert 'value="H42010600001"' in page
        assert (sound["Content-Type"], sound.content[:4]) == ("audio/wav", b"RIFF")
        assert posted(client, hospital_clerk, **self.answer(page)).status_code == 302

    @pytest.mark.parametrize("asked", ["", "?captcha=audio", "?captcha=words"])
    @override_settings(CAPTCHA="always")
    def test_nothing_in_the_text_gives_the_answer_away(self, db, asked):
        """A program that reads pages has to recognise an image or a sound."""
        client = Client()
        for _ in range(5):
            page = client.get(URL + asked).content.decode()
            store = CaptchaStore.objects.latest("pk")
            key = store.hashkey
            shown = page.replace(key, "").replace(key.upper(), "").lower()
            assert store.response not in re.sub(
                r'"[^"]*(?:csrf|/static/)[^"]*"|value="\w{64}"', "", shown
            )
            assert store.challenge.lower() == store.response

    @override_settings(CAPTCHA="always")
    def test_neither_is_said_what_is_to_be_seen_nor_twice_otherwise(self, db):
        client = Client()
        image = client.get("/accounts/captcha/").json()["key"]
        heard = client.get("/accounts/captcha/?aloud").json()

        assert client.get(f"/accounts/captcha/{image}/audio/").status_code == 404
        assert client.get(heard["audio_url"]).content == client.get(heard["audio_url"]).content
        CaptchaStore.objects.all().delete()
        assert client.get(heard["audio_url"]).status_code == 404

    @override_settings(CAPTCHA="always")
    def test_image_and_refresh_are_open_to_everybody(self, db):
        client = Client()
        page = client.get(URL).content.decode()
        image = client.get(re.search(r'src="(/captcha/image/\w+/)"', page)[1])
        fresh = client.get("/accounts/captcha/").json()
        aloud = client.get("/accounts/captcha/?aloud").json()

        assert image["Content-Type"] == "image/png"
        assert client.get(fresh["image_url"]).status_code == 200
        assert (aloud["image_url"], fresh["audio_url"]) == ("", "")

    @override_settings(CAPTCHA="after_failure")
    def test_after_a_failure_of_the_account(self, hospital_clerk, county_reviewer):
        client = Client()
        assert "captcha_key" not in client.get(URL).content.decode()

        page = posted(client, hospital_clerk, "wrong").content.decode()

        assert posted(client, county_reviewer).status_code == 302
        assert posted(Client(), hospital_clerk).status_code == 200
        assert posted(Client(), hospital_clerk, **self.answer(page)).status_code == 302


def test_the_session_of_before_the_login_is_not_the_one_after_it(hospital_clerk):
    """Session fixation: a key that somebody planted is worth nothing once the person signs in."""
    client = Client()
    planted = client.session
    planted["seed"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    posted(client, hospital_clerk)

    assert client.cookies["sessionid"].value != planted.session_key
    thief = Client()
    thief.cookies["sessionid"] = planted.session_key
    assert thief.get("/accounts/sub-accounts/").status_code == 302


@pytest.mark.parametrize("written", ["{}\u200b", "\ufeff {}", "{}\u00a0"])
def test_a_username_pasted_with_what_nobody_sees(hospital_clerk, written):
    data = {"username": written.format(hospital_clerk.username.upper()), "password": PASSWORD}

    assert Client().post(URL, data).status_code == 302


@pytest.mark.parametrize(("days", "opens"), [(29, True), (31, False)])
def test_a_first_password_left_lying_opens_nothing(hospital_clerk, days, opens):
    given = timezone.now() - timedelta(days=days)
    with whole_country(reason="test"):
        User.objects.filter(pk=hospital_clerk.pk).update(
            must_change_password=True, password_changed_at=given
        )

    response = posted(Client(), hospital_clerk)

    assert (response.status_code == 302) is opens
    if not opens:
        assert "初始密码太久没有使用" in response.content.decode()
        with override_settings(FIRST_PASSWORD_DAYS=0):
            assert posted(Client(), hospital_clerk).status_code == 302
