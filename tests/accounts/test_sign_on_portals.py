"""Signing on at portals that speak plain OAuth 2 or CAS, and how their servers are asked."""

import threading
import time
from urllib.parse import unquote

import pytest
from django.test import Client

from apps.accounts.domain.sign_on import cas, fetching
from apps.accounts.domain.sign_on.fetching import Asking, is_safe, may_ask
from apps.accounts.domain.sign_on.told import SignOnRefused, Told, Unreachable, picked
from apps.accounts.models import Identity
from apps.scope.context import whole_country
from tests.accounts.sign_on import (
    INSIDE,
    PORTAL,
    Elsewhere,
    cas_provider,
    changed,
    local,
    oauth_provider,
    parameter,
)
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
BEGIN, BIND = f"/accounts/sign-on/{PORTAL}/", "/accounts/sign-on/bind/"
LOGOUT = f"{BEGIN}logout/"
SPEAK = {"oauth2": oauth_provider, "cas": cas_provider}


@pytest.fixture(params=sorted(SPEAK))
def service(request, portal, hospital_clerk):
    return SPEAK[request.param](portal)


def answer(client):
    return local(Elsewhere().goes(client.get(BEGIN)["Location"]))


def bound(client, account):
    assert client.get(answer(client))["Location"] == BIND
    return client.post(BIND, {"username": account.username, "password": PASSWORD})


def test_first_with_the_password_then_without(service, portal, hospital_clerk):
    assert bound(Client(), hospital_clerk)["Location"] == "/"
    client = Client()

    assert client.get(answer(client))["Location"] == "/"

    assert client.session["_auth_user_id"] == str(hospital_clerk.pk)
    with whole_country(reason="test"):
        assert Identity.objects.get().subject in {"42", "H42010600001"}
    assert all(len(verifier) > 60 for verifier in portal.verifiers)


def test_a_used_answer_lets_nobody_in(service, hospital_clerk):
    client = Client()
    used = answer(client)
    client.get(used)

    assert "过期" in client.get(used, follow=True).content.decode()
    away = client.get(BEGIN)["Location"]
    own = parameter(
        unquote(away).replace("?state=", "&state="), "state"
    )  # CAS has it in the service
    assert "没有通过" in client.get(changed(used, state=own), follow=True).content.decode()


def test_an_answer_of_another_browser_lets_nobody_in(service):
    victim, attacker = Client(), Client()

    page = victim.get(answer(attacker), follow=True)

    assert "不是从本浏览器发起的" in page.content.decode()


def test_another_person_there_is_another_person_here(service, portal, hospital_clerk):
    bound(Client(), hospital_clerk)
    portal.person = {"id": 43, "login": "somebody-else"}
    client = Client()

    refusal = bound(client, hospital_clerk)

    assert "已经绑定了“湖北省医保服务平台”的另一个用户" in refusal.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "person", [{"login": ""}, {"id": None, "login": ""}, {"id": "x" * 256, "login": "y" * 256}]
)
def test_who_has_no_name_does_not_come_in(service, portal, person):
    portal.person = person
    client = Client()

    assert "没有通过" in client.get(answer(client), follow=True).content.decode()


def test_a_logout_of_cas_ends_the_session(portal, hospital_clerk):
    cas_provider(portal)
    client = Client()
    bound(client, hospital_clerk)
    again = Client()
    came_back = answer(again)
    again.get(came_back)
    told = (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">'
        "<samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"
    )

    for sent in ("", "no XML", "<!DOCTYPE a><a/>", told.format(""), told.format("ST-other")):
        Client().post(LOGOUT, {"logoutRequest": sent})
    assert again.get(INSIDE).status_code == 200

    ticket = parameter(came_back, "ticket")
    assert Client().post(LOGOUT, {"logoutRequest": told.format(ticket)}).status_code == 200

    assert again.get(INSIDE).status_code == 302
    assert client.get(INSIDE).status_code == 200


class TestAsking:
    @pytest.mark.parametrize("path", ["redirect", "long", "words", "broken"])
    def test_what_is_no_answer_ends_in_one_sentence(self, portal, hospital_clerk, path):
        service = oauth_provider(portal, person_address=f"{portal.address}/{path}")
        client = Client()

        page = client.get(answer(client), follow=True).content.decode()

        assert f"没有通过“{service.name}”的登录" in page
        assert portal.seen[-1] == f"/{path}"  # no redirect was followed

    def test_inner_addresses_are_asked_only_where_they_are_named(self, portal, settings):
        settings.SIGN_ON_NETWORKS = ["10.0.0.0/8"]
        service = oauth_provider(portal)

        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(Unreachable):
                Asking(service).read(
                    f"http://{host}:{portal.server_port}/user", withhold_token=True
                )
        assert portal.seen == []

    @pytest.mark.parametrize("address", ["10.1.2.3", "64:ff9b::a00:1", ""])
    def test_what_is_inside(self, settings, address):
        settings.SIGN_ON_NETWORKS = []

        assert not may_ask(address)

    def test_what_is_outside_or_named(self, settings):
        settings.SIGN_ON_NETWORKS = ["10.20.0.0/16"]

        assert may_ask("1.1.1.1")
        assert may_ask("2606:4700::1111")
        assert may_ask("10.20.3.4")
        assert may_ask("::ffff:10.20.3.4")
        assert not may_ask("10.21.3.4")

    @pytest.mark.parametrize(
        "url",
        ["http://sso.example.cn/", "ftp://a/", "javascript:alert(1)", "//sso", "https://", "https://u:p@a/",
         "https://a/#b", "https://a:99999/", "http://127.0.0.1.evil.cn/", "http://127.0.0.1@evil.cn/"],
    )  # fmt: skip
    def test_addresses_are_encrypted(self, url):
        assert not is_safe(url)

    def test_who_does_not_answer_is_not_waited_for(self, portal, monkeypatch):
        monkeypatch.setattr(fetching, "READ", 0.2)
        service = oauth_provider(portal)
        silent = threading.Event()
        monkeypatch.setattr(type(portal), "reset", lambda _: None)
        original = portal.RequestHandlerClass._user
        monkeypatch.setattr(
            portal.RequestHandlerClass,
            "_user",
            lambda each, asked: silent.wait(60) and original(each, asked),
        )
        begun = time.monotonic()

        with pytest.raises(Unreachable):
            Asking(service).read(f"{portal.address}/user", withhold_token=True)

        silent.set()
        assert time.monotonic() - begun < 30  # long before an answer came

    def test_names_are_found_by_their_path(self):
        claims = {"data": {"user": {"id": 7}}, "https://a.b/c": "x", "list": [1]}

        assert picked(claims, "data.user.id") == 7
        assert picked(claims, "https://a.b/c") == "x"
        assert picked(claims, "list.0") is None
        assert picked(claims, "none.at.all") is None

    @pytest.mark.parametrize("subject", [None, "", True, [], {}, 1.5])
    def test_what_names_nobody_is_refused(self, portal, subject):
        service = oauth_provider(portal, subject_claim="id")

        with pytest.raises(SignOnRefused):
            Told.by(service, {"id": subject})

    def test_xml_with_a_document_type_is_not_read(self):
        with pytest.raises(SignOnRefused):
            cas.ended('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
