"""Whose account somebody is who comes through a service: bound by the password, under the rules of every account."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import change_own_password, reset_password
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import Identity, Provider, User
from apps.audit.models import LogEntry
from apps.scope.context import enter, whole_country
from tests.accounts.sign_on import PORTAL, Elsewhere, local, oauth_provider
from tests.factories import PASSWORD
from tests.pages import tags

pytestmark = pytest.mark.django_db
LOGIN, BIND = "/accounts/login/", "/accounts/sign-on/bind/"
BEGIN, SECURITY, CHANGE = (
    f"/accounts/sign-on/{PORTAL}/",
    "/accounts/security/",
    "/accounts/password/",
)


@pytest.fixture
def service(portal, tree, hospital_clerk):
    return oauth_provider(portal, province=tree["42"])


def arrives(client):
    """Back from the service."""
    return client.get(local(Elsewhere().goes(client.get(BEGIN)["Location"])))


def binds(client, account, password=PASSWORD):
    return client.post(BIND, {"username": account.username, "password": password})


def came(account):
    """A browser that came through the service, bound."""
    client = Client()
    arrives(client)
    binds(client, account)
    return client


def is_in(client):
    return "_auth_user_id" in client.session


def bindings():
    with whole_country(reason="test"):
        return list(Identity.objects.values_list("account__username", flat=True))


def password_login(account):
    client = Client()
    page = client.post(LOGIN, {"username": account.username, "password": PASSWORD})
    return client, page.content.decode()


class TestBinding:
    def test_takes_the_password_of_the_account(self, service, hospital_clerk):
        client = Client()
        arrives(client)

        page = binds(client, hospital_clerk, "Wrong-Word-1234").content.decode()

        assert "用户名或密码不正确" in page
        assert not is_in(client)
        assert bindings() == []

    def test_wrong_ones_count_as_at_the_login(self, service, hospital_clerk):
        client = Client()
        arrives(client)
        for _ in range(5):
            binds(client, hospital_clerk, "Wrong-Word-1234")

        assert binds(client, hospital_clerk).status_code == 429
        assert (
            Client()
            .post(LOGIN, {"username": hospital_clerk.username, "password": PASSWORD})
            .status_code
            == 429
        )

    def test_nobody_binds_without_coming_through_the_service(self, service, hospital_clerk):
        client = Client()

        assert client.get(BIND)["Location"] == LOGIN
        assert binds(client, hospital_clerk)["Location"] == LOGIN
        assert bindings() == []

    def test_a_one_time_password_binds_and_has_to_be_changed(self, service, hospital_clerk):
        with whole_country(reason="test"):
            User.objects.filter(pk=hospital_clerk.pk).update(must_change_password=True)

        client = came(hospital_clerk)

        assert client.get(SECURITY)["Location"].startswith(CHANGE)
        assert "请先修改初始密码" in client.get(CHANGE).content.decode()
        assert bindings() == ["H42010600001"]

    def test_another_provinces_account_is_not_let_in(self, service, neighbour_clerk):
        client = Client()
        arrives(client)

        assert "只供本省的账号登录" in binds(client, neighbour_clerk).content.decode()
        assert bindings() == []

    def test_administrators_come_by_password_alone(self, portal, administrator):
        oauth_provider(portal)
        client = Client()
        arrives(client)

        assert "平台管理员只能用本平台的密码登录" in binds(client, administrator).content.decode()

    def test_whoever_the_service_names_is_the_only_one_who_fits(
        self, service, portal, hospital_clerk, city_reviewer
    ):
        Provider.objects.update(account_claim="data.user.login")
        client = Client()
        arrives(client)
        (username,) = tags(client.get(BIND).content.decode(), "input", name="username")
        assert username["value"] == "H42010600001"

        binds(client, city_reviewer)  # what is typed is not asked

        assert bindings() == ["H42010600001"]

    @pytest.mark.parametrize("login", ["H14010500001", "nobody", "", "admin"])
    def test_a_name_that_we_did_not_issue_there_is_refused(
        self, service, portal, neighbour_clerk, administrator, login
    ):
        Provider.objects.update(account_claim="data.user.login")
        portal.person = {"id": 9, "login": login}
        client = Client()

        assert arrives(client)["Location"] == LOGIN
        assert client.get(BIND)["Location"] == LOGIN

    def test_nothing_that_the_service_says_changes_the_account(
        self, service, portal, hospital_clerk
    ):
        portal.person |= {
            "role": "alliance",
            "is_staff": True,
            "path": "/0/",
            "permissions": ["manage"],
        }
        before = hospital_clerk.permissions

        came(hospital_clerk)

        with whole_country(reason="test"):
            account = User.objects.get(pk=hospital_clerk.pk)
        assert (account.role, account.path, account.is_staff) == (
            "institution",
            hospital_clerk.path,
            False,
        )
        assert account.permissions == before


class TestTheRulesOfEveryAccount:
    def test_a_disabled_account_stays_out(self, service, hospital_clerk):
        came(hospital_clerk)
        with whole_country(reason="test"):
            User.objects.filter(pk=hospital_clerk.pk).update(is_active=False)
        client = Client()

        assert arrives(client)["Location"] == LOGIN
        assert "已禁用" in client.get(LOGIN).content.decode()

    def test_who_has_to_wait_waits_at_this_door_too(self, service, hospital_clerk):
        came(hospital_clerk)
        for _ in range(5):
            Client().post(
                LOGIN, {"username": hospital_clerk.username, "password": "Wrong-Word-1234"}
            )
        client = Client()

        assert arrives(client).status_code == 429
        assert not is_in(client)

    def test_the_second_factor_is_asked(self, service, hospital_clerk):
        came(hospital_clerk)
        with whole_country(reason="test"):
            User.objects.filter(pk=hospital_clerk.pk).update(second_factor_at=timezone.now())
        client = Client()
        arrives(client)

        assert client.get(SECURITY)["Location"].startswith("/accounts/two-step/")

    def test_idle_sessions_end(self, service, hospital_clerk, settings):
        client = came(hospital_clerk)
        settings.IDLE_TIMEOUT = -1

        assert client.get(SECURITY)["Location"].startswith(LOGIN)

    def test_an_old_password_stops_who_used_it_alone(self, service, hospital_clerk, settings):
        client = came(hospital_clerk)
        settings.PASSWORD_MAX_AGE_DAYS = 1
        with whole_country(reason="test"):
            User.objects.filter(pk=hospital_clerk.pk).update(
                password_changed_at=timezone.now() - timezone.timedelta(days=2)
            )
        by_service, (by_password, _) = Client(), password_login(hospital_clerk)
        arrives(by_service)

        assert by_service.get(SECURITY).status_code == 200
        assert by_password.get(SECURITY)["Location"].startswith(CHANGE)
        assert client  # its session ended with the change of the password

    def test_a_reset_ends_the_binding(self, service, hospital_clerk, county_reviewer):
        client = came(hospital_clerk)
        with enter(scope_of(county_reviewer)):
            seen = User.objects.get(pk=hospital_clerk.pk).password_changed_at
            reset_password(by=Actor.of(county_reviewer), account_id=hospital_clerk.pk, seen=seen)

        assert bindings() == []
        assert client.get(SECURITY).status_code == 302
        assert arrives(Client())["Location"] == BIND

    def test_a_new_password_of_ones_own_leaves_it(self, service, hospital_clerk):
        came(hospital_clerk)
        change_own_password(by=Actor.of(hospital_clerk), new="Other-Lamp-8264")

        assert bindings() == ["H42010600001"]


class TestThePassword:
    def test_it_opens_the_door_here_too_while_the_service_lets_it(self, service, hospital_clerk):
        came(hospital_clerk)

        assert is_in(password_login(hospital_clerk)[0])

    def test_it_does_not_where_the_service_took_its_place(self, service, hospital_clerk):
        Provider.objects.update(local_password=False)
        assert is_in(password_login(hospital_clerk)[0])  # not bound yet
        came(hospital_clerk)

        client, page = password_login(hospital_clerk)

        assert not is_in(client)
        assert "已绑定“湖北省医保服务平台”，请从登录页上的这个入口登录" in page

    def test_it_does_again_once_the_service_is_shut(self, service, hospital_clerk):
        Provider.objects.update(local_password=False)
        came(hospital_clerk)
        Provider.objects.update(is_active=False)

        assert is_in(password_login(hospital_clerk)[0])
        assert Client().get(BEGIN).status_code == 404

    @pytest.mark.covers("S1-07", "S1-09")
    def test_changing_it_leads_to_where_it_lives(self, service, hospital_clerk):
        Provider.objects.update(password_address="https://portal.example.gov.cn/password")
        by_service, (by_password, _) = came(hospital_clerk), password_login(hospital_clerk)

        page = by_service.get(CHANGE).content.decode()

        assert "请在湖北省医保服务平台修改密码" in page
        assert 'href="https://portal.example.gov.cn/password"' in page
        assert "新密码" in by_service.get(f"{CHANGE}?own=1").content.decode()
        assert "portal.example.gov.cn" not in by_password.get(CHANGE).content.decode()


class TestEndingIt:
    def test_the_owner_sees_and_ends_it_with_its_sessions(self, service, hospital_clerk):
        client, (other, _) = came(hospital_clerk), password_login(hospital_clerk)
        assert "湖北省医保服务平台" in other.get(SECURITY).content.decode()
        with whole_country(reason="test"):
            pk = Identity.objects.get().pk

        other.post(f"{SECURITY}identities/{pk}/end/")

        assert bindings() == []
        assert client.get(SECURITY).status_code == 302
        with whole_country(reason="test"):
            assert LogEntry.objects.filter(verb="解除外部登录").count() == 1

    def test_nobody_ends_anothers(self, service, hospital_clerk, city_reviewer, client_of):
        came(hospital_clerk)
        with whole_country(reason="test"):
            pk = Identity.objects.get().pk

        client_of(city_reviewer).post(f"{SECURITY}identities/{pk}/end/")

        assert bindings() == ["H42010600001"]
