"""Signing on at a certified OpenID provider: who comes in, and what of everything that may go wrong lets nobody in."""

import time
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey

from apps.accounts.domain.sign_on import oidc
from apps.accounts.domain.sign_on.told import SignOnRefused
from apps.accounts.models import Identity, Provider, Session
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.accounts.sign_on import (
    INSIDE,
    OPENID,
    OURS,
    Elsewhere,
    changed,
    local,
    openid_provider,
    parameter,
)
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
BEGIN = f"/accounts/sign-on/{OPENID}/"
BIND = "/accounts/sign-on/bind/"
LOGOUT = f"{BEGIN}logout/"
NOT_IN = "没有通过“湖北省医保服务平台”的登录"


@pytest.fixture
def service(openid, hospital_clerk):
    return openid_provider(openid)


def answer(client, elsewhere=None, person="alice", begin=BEGIN, **wrong):
    """The whole way to the provider and back: the address at which the browser comes back to us."""
    away = client.get(begin)["Location"]
    return local((elsewhere or Elsewhere()).goes(changed(away, login_hint=person, **wrong)))


def bound(client, account, **way):
    """The first time, with the password."""
    assert client.get(answer(client, **way))["Location"] == BIND
    return client.post(BIND, {"username": account.username, "password": PASSWORD})


def is_in(client):
    return "_auth_user_id" in client.session


def refused(client, came_back):
    """Nobody is in, and people read the one sentence; returns the reason that the log has."""
    page = client.get(came_back, follow=True)
    assert not is_in(client)
    assert NOT_IN in page.content.decode()
    with whole_country(reason="test"):
        return LogEntry.objects.filter(verb="登录失败").latest("id").sentence


class TestComingIn:
    @pytest.mark.covers("S1-07")
    def test_first_with_the_password_then_without(self, service, hospital_clerk):
        client, elsewhere = Client(), Elsewhere()
        first = bound(client, hospital_clerk, elsewhere=elsewhere)
        assert first["Location"] == "/"
        assert client.session["_auth_user_id"] == str(hospital_clerk.pk)

        again = Client()
        came_back = again.get(answer(again, elsewhere, begin=f"{BEGIN}?next=/projects/"))

        assert came_back["Location"] == "/projects/"
        assert again.session["_auth_user_id"] == str(hospital_clerk.pk)
        with whole_country(reason="test"):
            assert Identity.objects.get().subject == "alice"
            told = "".join(LogEntry.objects.values_list("sentence", flat=True))
        assert "把账号 H42010600001 绑定到“湖北省医保服务平台”的用户" in told

    def test_what_is_asked_has_pkce_nonce_and_state(self, service):
        away = Client().get(BEGIN)["Location"]

        assert parameter(away, "code_challenge_method") == "S256"
        assert parameter(away, "redirect_uri") == f"{OURS}{BEGIN}return/"
        assert min(len(parameter(away, name)) for name in ("state", "nonce", "code_challenge")) > 40

    def test_the_login_page_shows_the_door(self, service):
        page = Client().get("/accounts/login/?next=/projects/").content.decode()

        assert f'href="{BEGIN}?next=%2Fprojects%2F"' in page
        assert "湖北省医保服务平台" in page

    def test_the_session_is_a_new_one(self, service, hospital_clerk):
        client = Client()
        client.get(BEGIN)
        before = client.session.session_key

        bound(client, hospital_clerk)

        assert client.session.session_key != before
        assert not {"sign_on_attempts", "sign_on_newcomer"} & set(client.session.keys())

    def test_no_secret_code_or_token_is_written_down(self, service, hospital_clerk, caplog):
        client = Client()
        with caplog.at_level("INFO"):
            came_back = answer(client)
            client.get(came_back)
            client.post(BIND, {"username": hospital_clerk.username, "password": PASSWORD})
            other = Client()
            other.get(changed(answer(other), code="made-up-code"))

        with whole_country(reason="test"):
            told = str(list(LogEntry.objects.values())) + caplog.text
        for secret in (parameter(came_back, "code"), parameter(came_back, "state"), "made-up-code"):
            assert secret not in told
        assert "the secret that we share" not in told


class TestWhoMayNot:
    def test_another_nonce(self, service):
        client = Client()

        assert "随机数不符" in refused(client, answer(client, nonce="of another attempt"))

    def test_a_code_that_was_used(self, service, hospital_clerk):
        client = Client()
        used = answer(client)
        client.get(used)
        assert (
            "过期" in client.get(used, follow=True).content.decode()
        )  # the attempt is gone with it

        own = parameter(client.get(BEGIN)["Location"], "state")
        assert "已经用过" in refused(client, changed(used, state=own))

    def test_the_code_of_another_browser(self, service):
        """PKCE: a stolen code is no use without what only its browser's attempt has."""
        client, attacker = Client(), Client()
        stolen = answer(attacker)

        own = parameter(client.get(BEGIN)["Location"], "state")

        assert "已经用过" in refused(client, changed(stolen, state=own))

    def test_an_answer_that_this_browser_did_not_ask_for(self, service):
        """Whoever is led here with an attacker's answer is not signed in as the attacker."""
        victim, attacker = Client(), Client()

        page = victim.get(answer(attacker), follow=True)

        assert "不是从本浏览器发起的" in page.content.decode()
        assert not is_in(victim)
        with whole_country(reason="test"):
            assert not Identity.objects.exists()

    def test_an_answer_that_took_too_long(self, service):
        client = Client()
        came_back = answer(client)

        with time_machine.travel(time.time() + 601):
            page = client.get(came_back, follow=True)

        assert "已经过期" in page.content.decode()

    def test_the_answer_of_another_issuer(self, service, openid):
        client = Client()

        assert "别的签发者" in refused(client, changed(answer(client), iss=openid.foreign))

    def test_a_description_by_another_issuer(self, openid):
        openid_provider(openid, name="别名")
        Provider.objects.update(address=openid.issuer.replace("127.0.0.1", "localhost"))

        page = Client().get(BEGIN, follow=True)

        assert "没有通过“别名”的登录" in page.content.decode()

    def test_somebody_whose_information_is_another_persons(self, service, openid):
        client = Client()
        came_back = answer(client)
        openid.tells_of("bob")

        assert "不是同一个人" in refused(client, came_back)

    def test_another_person_there_is_nobody_here(self, service, hospital_clerk):
        bound(Client(), hospital_clerk)
        client = Client()

        assert client.get(answer(client, person="bob"))["Location"] == BIND
        page = client.post(BIND, {"username": hospital_clerk.username, "password": PASSWORD})
        assert "另一个用户" in page.content.decode()
        assert not is_in(client)

    def test_a_person_who_says_no(self, service):
        client = Client()
        state = parameter(client.get(BEGIN)["Location"], "state")
        said = urlencode({"error": "access_denied", "state": state, "iss": service.address})

        assert "取消" in refused(client, f"{BEGIN}return/?{said}")

    def test_a_page_elsewhere_is_never_led_to(self, service, hospital_clerk):
        client = Client()
        begin = f"{BEGIN}?next=https://evil.example/"

        assert bound(client, hospital_clerk, begin=begin)["Location"] == "/"


class TestTokens:
    """What the provider would never sign, signed by its keys."""

    def claims(self, service, **other):
        now = int(time.time())
        return {
            "iss": service.address,
            "sub": "alice",
            "aud": "fenliang",
            "nonce": "n",
            "iat": now,
            "exp": now + 60,
            **other,
        }

    def test_one_that_is_right(self, service, openid):
        token = openid.sign(self.claims(service))

        assert oidc.identified(service, {"id_token": token}, nonce="n")["sub"] == "alice"

    @pytest.mark.parametrize(
        "other",
        [
            {"iss": "https://evil.example"},
            {"aud": "somebody-else"},
            {"aud": ["fenliang", "somebody-else"]},
            {"exp": 1_000_000_000},
            {"iat": 4_000_000_000},
            {"nonce": ""},
            {"nonce": "another"},
            {"sub": None},
        ],
        ids=str,
    )
    def test_others_count_for_nothing(self, service, openid, other):
        token = openid.sign(self.claims(service, **other))

        with pytest.raises(SignOnRefused):
            oidc.identified(service, {"id_token": token}, nonce="n")

    def test_neither_do_other_keys_nor_none(self, service, openid):
        claims = self.claims(service)
        symmetric = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("a" * 64))
        unsigned = "eyJhbGciOiJub25lIn0." + symmetric.split(".")[1] + "."

        for token in (openid.sign(claims, kid="foreign"), symmetric, unsigned, "", "a.b.c"):
            with pytest.raises(SignOnRefused):
                oidc.identified(service, {"id_token": token}, nonce="n")

    def test_keys_change_and_the_old_one_is_worth_nothing(self, service, openid, hospital_clerk):
        bound(Client(), hospital_clerk)
        retired = openid.sign(self.claims(service))
        openid.rotate("second")

        client = Client()
        assert client.get(answer(client))["Location"] == "/"

        with pytest.raises(SignOnRefused, match="现在的密钥"):
            oidc.identified(service, {"id_token": retired}, nonce="n")
        openid.rotate("first")


class TestLeavingBoth:
    """OpenID Connect RP-Initiated Logout 1.0, on the person's own wish."""

    def test_who_leaves_us_can_leave_the_provider_too(self, service, openid, hospital_clerk):
        client, elsewhere = Client(), Elsewhere()
        bound(client, hospital_clerk, elsewhere=elsewhere)

        left = client.post("/accounts/logout/")
        assert left["Location"] == f"/accounts/login/?left={OPENID}"
        assert f'href="{BEGIN}leave/"' in client.get(left["Location"]).content.decode()

        away = client.get(f"{BEGIN}leave/")["Location"]
        form = _Form(elsewhere.http.get(away, timeout=20).text)
        back = elsewhere.http.post(
            form.action, data={**form.fields, "logout": "yes"}, timeout=20, allow_redirects=False
        )
        assert back.headers["Location"].partition("?")[0] == f"{OURS}/accounts/login/"
        assert len(openid.logout_tokens()) == 1

    def test_nobody_else_is_offered_it(self, service, openid, hospital_clerk):
        by_password, client = Client(), Client()
        by_password.force_login(hospital_clerk)
        assert by_password.post("/accounts/logout/")["Location"] == "/accounts/login/"
        bound(client, hospital_clerk)
        key = f"sign-on:description:{openid.issuer}"
        cache.set(key, {n: v for n, v in cache.get(key).items() if n != "end_session_endpoint"})
        assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
        assert client.get(f"{BEGIN}leave/")["Location"] == "/accounts/login/"


class TestLogoutFromOutside:
    def told(self, openid, elsewhere):
        """The person leaves the provider; what it sends us for that."""
        page = elsewhere.http.get(f"{openid.issuer}/session/end", timeout=20).text
        form = _Form(page)
        elsewhere.http.post(form.action, data={**form.fields, "logout": "yes"}, timeout=20)
        (token,) = openid.logout_tokens()
        return token

    def test_it_ends_the_sessions_that_came_from_there(self, service, openid, hospital_clerk):
        client, elsewhere, by_password = Client(), Elsewhere(), Client()
        bound(client, hospital_clerk, elsewhere=elsewhere)
        by_password.force_login(hospital_clerk)
        token = self.told(openid, elsewhere)

        assert Client().post(LOGOUT, {"logout_token": token}).status_code == 200

        assert client.get(INSIDE)["Location"].startswith("/accounts/login/")
        assert by_password.get(INSIDE).status_code == 200
        with whole_country(reason="test"):
            assert "通知本人已在那里退出" in LogEntry.objects.get(verb="退出").sentence

    def test_another_session_there_is_let_be(self, service, openid, hospital_clerk):
        first, elsewhere = Client(), Elsewhere()
        bound(first, hospital_clerk)
        second = Client()
        second.get(answer(second, elsewhere))

        Client().post(LOGOUT, {"logout_token": self.told(openid, elsewhere)})

        assert first.get(INSIDE).status_code == 200
        assert second.get(INSIDE).status_code == 302

    def test_what_is_no_such_message_ends_nothing(self, service, openid, hospital_clerk):
        client = Client()
        bound(client, hospital_clerk)
        now = int(time.time())
        right = {
            "iss": service.address, "aud": "fenliang", "sub": "alice", "iat": now, "exp": now + 60, "jti": "1",
            "events": {oidc.LOGOUT_EVENT: {}},
        }  # fmt: skip
        wrong = (
            {"events": {}}, {"nonce": "n"}, {"iss": "https://evil.example"}, {"aud": "other"}, {"exp": now - 300},
            {"iat": now - 301}, {"sub": None},
        )  # fmt: skip

        for other in wrong:
            token = openid.sign({**right, **other})
            assert Client().post(LOGOUT, {"logout_token": token}).status_code == 400
        foreign = openid.sign(right, kid="foreign")
        for sent in (
            {},
            {"logout_token": "x"},
            {"logout_token": foreign},
            {"logoutRequest": "<a/>"},
        ):
            assert Client().post(LOGOUT, sent).status_code == 400
        assert client.get(INSIDE).status_code == 200

        assert Client().post(LOGOUT, {"logout_token": openid.sign(right)}).status_code == 200
        assert client.get(INSIDE).status_code == 302

    def test_a_message_ends_nothing_that_began_after_it(self, service, openid, hospital_clerk):
        client, elsewhere = Client(), Elsewhere()
        bound(client, hospital_clerk, elsewhere=elsewhere)
        token = self.told(openid, elsewhere)
        Client().post(LOGOUT, {"logout_token": token})
        later = Client()
        later.get(answer(later))
        with whole_country(reason="test"):
            session = Session.objects.get(account=hospital_clerk)
            Session.objects.update(signed_in_at=session.signed_in_at + timedelta(minutes=2))

        Client().post(LOGOUT, {"logout_token": token})

        assert later.get(INSIDE).status_code == 200


class _Form(HTMLParser):
    """The only form of a page."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.action = told["action"]
        elif tag == "input" and told.get("name"):
            self.fields[told["name"]] = told.get("value", "")
