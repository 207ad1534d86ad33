"""`/admin/accounts/provider/`: who sets up a service, tries it, opens it and shuts it."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.domain.sealing import unseal_secret
from apps.accounts.domain.sign_on.providers import NotKeeper, close_provider, reseal_secrets
from apps.accounts.models import Approval, Identity, Provider
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.accounts.sign_on import (
    INSIDE,
    PORTAL,
    SECRET,
    Elsewhere,
    local,
    oauth_provider,
    running_portal,
)
from tests.factories import PASSWORD
from tests.pages import shown

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/provider/"
APPROVALS = "/admin/accounts/approval/"
BEGIN, BIND = f"/accounts/sign-on/{PORTAL}/", "/accounts/sign-on/bind/"


@pytest.fixture
def portal(settings):
    cache.clear()
    settings.SIGN_ON_NETWORKS, settings.CAPTCHA = ["127.0.0.0/8"], "off"
    with running_portal() as server:
        yield server


@pytest.fixture
def keeper(client_of, administrator):
    return client_of(administrator)


def typed(portal, **other):
    return {
        "name": "湖北省医保服务平台", "province": "", "protocol": "oauth2", "address": f"{portal.address}/authorize",
        "token_address": f"{portal.address}/token", "person_address": f"{portal.address}/user", "client_id": "fenliang",
        "secret": SECRET, "scopes": "", "subject_claim": "data.user.id", "account_claim": "", "password_address": "",
        "local_password": "on", **other,
    }  # fmt: skip


def made(keeper, portal, **other):
    response = keeper.post(f"{LIST}add/", typed(portal, **other))
    assert response.status_code == 302, response.content.decode()
    return Provider.objects.get()


def tried(keeper, provider):
    away = keeper.get(f"/accounts/sign-on/{provider.pk}/try/")["Location"]
    return keeper.get(local(Elsewhere().goes(away))).content.decode()


def act(keeper, action, provider):
    return keeper.post(LIST, {"action": action, "_selected_action": [provider.pk]}, follow=True)


def approved(client_of, person):
    with whole_country(reason="test"):
        pk = Approval.objects.latest("id").pk
    client_of(person).post(APPROVALS, {"action": "approve", "_selected_action": [pk]})


def test_it_is_open_once_it_was_tried_and_another_approved(
    keeper, client_of, system_administrator, portal, hospital_clerk
):
    provider = made(keeper, portal)
    assert "还没有一次试登录成功" in act(keeper, "ask", provider).content.decode()

    page = tried(keeper, provider)

    assert "data.user.id" in page
    assert "42" in page
    assert "H42010600001" in page
    assert "token-of-the-portal" not in page
    with whole_country(reason="test"):
        assert not Identity.objects.exists()
    act(keeper, "ask", provider)
    assert Client().get(f"/accounts/sign-on/{provider.pk}/").status_code == 404
    approved(client_of, system_administrator)
    assert Client().get(f"/accounts/sign-on/{provider.pk}/").status_code == 302
    assert Provider.objects.get().is_active


def test_who_asks_does_not_approve(keeper, client_of, administrator, portal):
    provider = made(keeper, portal)
    tried(keeper, provider)
    act(keeper, "ask", provider)

    approved(client_of, administrator)

    assert not Provider.objects.get().is_active


def test_what_changed_after_it_was_asked_is_not_opened(
    keeper, client_of, system_administrator, portal
):
    provider = made(keeper, portal)
    tried(keeper, provider)
    act(keeper, "ask", provider)
    url = f"{LIST}{provider.pk}/change/"
    keeper.post(url, shown(keeper, url) | typed(portal, secret="", name="换了"))
    tried(keeper, provider)

    approved(client_of, system_administrator)

    assert not Provider.objects.get().is_active


def test_the_alliance_may_approve_too(keeper, portal, alliance_officer):
    provider = made(keeper, portal)
    tried(keeper, provider)
    act(keeper, "ask", provider)
    with whole_country(reason="test"):
        decide(by=Actor.of(alliance_officer), pk=Approval.objects.latest("id").pk, approve=True)

    assert Provider.objects.get().is_active


def test_every_change_shuts_it_and_another_authority_unbinds(keeper, portal, hospital_clerk):
    provider = oauth_provider(portal)
    client = Client()
    client.get(local(Elsewhere().goes(client.get(BEGIN)["Location"])))
    client.post(BIND, {"username": hospital_clerk.username, "password": PASSWORD})
    url = f"{LIST}{provider.pk}/change/"

    keeper.post(url, shown(keeper, url) | typed(portal, secret="", name="换了名称"))
    assert not Provider.objects.get().is_active
    assert client.get(INSIDE).status_code == 302
    with whole_country(reason="test"):
        assert Identity.objects.count() == 1

    other = typed(portal, secret="", name="换了名称", person_address=f"{portal.address}/words")
    keeper.post(url, shown(keeper, url) | other)
    with whole_country(reason="test"):
        assert Identity.objects.count() == 0


def test_the_secret_rests_sealed_and_is_never_shown(keeper, portal):
    provider = made(keeper, portal)

    assert SECRET.encode() not in bytes(provider.sealed_secret)
    assert unseal_secret(bytes(provider.sealed_secret)) == SECRET
    assert SECRET not in keeper.get(f"{LIST}{provider.pk}/change/").content.decode()
    with whole_country(reason="test"):
        assert SECRET not in str(list(LogEntry.objects.values()))
    before = bytes(provider.sealed_secret)
    assert reseal_secrets() == (1, 0)
    assert bytes(Provider.objects.get().sealed_secret) != before


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"address": "http://sso.example.gov.cn/"}, "请填 https:// 开头的完整网址"),
        ({"token_address": ""}, "这个协议必须填写"),
        ({"protocol": "oidc", "scopes": "profile"}, "申请范围须含 openid"),
        ({"password_address": "javascript:alert(1)"}, "请填 https:// 开头的完整网址"),
    ],
)
def test_what_can_not_work_is_refused(keeper, portal, other, sentence):
    page = keeper.post(f"{LIST}add/", typed(portal, **other)).content.decode()

    assert sentence in page
    assert not Provider.objects.exists()


def test_a_trial_that_fails_says_why(keeper, portal):
    provider = made(keeper, portal, person_address=f"{portal.address}/broken")

    assert "对方答复了 500" in tried(keeper, provider)
    assert Provider.objects.get().tried_at is None


def test_shutting_it_ends_who_came_through_it(keeper, portal, hospital_clerk):
    provider = oauth_provider(portal)
    client = Client()
    client.get(local(Elsewhere().goes(client.get(BEGIN)["Location"])))
    client.post(BIND, {"username": hospital_clerk.username, "password": PASSWORD})

    act(keeper, "close", provider)

    assert client.get(INSIDE).status_code == 302
    assert not Provider.objects.get().is_active


@pytest.mark.parametrize("person", ["system_administrator", "auditor"])
def test_the_two_others_look(request, client_of, portal, person):
    provider = oauth_provider(portal)
    client = client_of(request.getfixturevalue(person))

    assert client.get(f"{LIST}{provider.pk}/change/").status_code == 200
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(f"/accounts/sign-on/{provider.pk}/try/").status_code == 403


def test_services_ask_who_it_is(portal, alliance_officer):
    provider = oauth_provider(portal)

    with pytest.raises(NotKeeper):
        close_provider(by=Actor.of(alliance_officer), provider_id=provider.pk)


def test_nobody_else_sees_a_trial_of_the_keeper(keeper, portal, client_of, hospital_clerk):
    provider = oauth_provider(portal)
    away = keeper.get(f"/accounts/sign-on/{provider.pk}/try/")["Location"]
    came_back = local(Elsewhere().goes(away))

    assert "不是从本浏览器" in Client().get(came_back, follow=True).content.decode()
