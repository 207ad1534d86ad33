"""Sessions: sign in first, not idle for too long, initial password changed; and the scope of each request."""

import time

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from apps.accounts.middleware import ScopeMiddleware
from apps.organizations.models import Organization
from apps.scope.context import ScopeNotSet, current_scope, whole_country

PAGE = "/accounts/subordinates/?role=city"
LOGIN = "/accounts/login/"


def test_anonymous_visitors_are_sent_to_the_login_and_back(db):
    response = Client().get(PAGE)

    assert response["Location"] == f"{LOGIN}?next=%2Faccounts%2Fsubordinates%2F%3Frole%3Dcity"


def test_a_form_without_a_session_returns_to_the_page_it_was_on(db):
    response = Client().post(
        "/accounts/subordinates/1/reset/", headers={"Referer": f"http://testserver{PAGE}"}
    )

    assert response["Location"].endswith("next=%2Faccounts%2Fsubordinates%2F%3Frole%3Dcity")


def test_a_foreign_referrer_is_not_followed(db):
    response = Client().post(
        "/accounts/subordinates/1/reset/", headers={"Referer": "https://evil.example/"}
    )

    assert response["Location"] == LOGIN


def test_scripts_get_a_status(db):
    by_script = Client().get(PAGE, headers={"Sec-Fetch-Dest": "empty"})

    assert (by_script.status_code, by_script.json()["message"]) == (401, "请先登录。")


class TestIdle:
    def grown_idle(self, client, seconds):
        session = client.session
        session["last_seen"] = int(time.time()) - seconds
        session.save()

    def test_too_long_away_signs_out_with_a_reason_and_a_way_back(self, client_of, city_reviewer):
        client = client_of(city_reviewer)
        self.grown_idle(client, 31 * 60)

        response = client.get(PAGE)

        assert response["Location"].endswith("next=%2Faccounts%2Fsubordinates%2F%3Frole%3Dcity")
        assert (
            "您已超过 30 分钟没有操作，系统已自动退出"
            in client.get(response["Location"]).content.decode()
        )

    def test_a_request_in_time_keeps_the_session(self, client_of, city_reviewer):
        client = client_of(city_reviewer)
        self.grown_idle(client, 29 * 60)
        before = int(time.time())

        assert client.get(PAGE).status_code == 200
        assert client.session["last_seen"] >= before

    def test_what_the_page_asks_by_itself_is_no_activity(
        self, client_of, city_reviewer, settings, rf
    ):
        client = client_of(city_reviewer)
        settings.ROOT_URLCONF = "tests.accounts.passive_urls"
        self.grown_idle(client, 600)

        client.get("/bar/")

        assert client.session["last_seen"] <= time.time() - 600


class TestForcedChange:
    @pytest.fixture
    def newcomer(self, hospital_clerk):
        hospital_clerk.must_change_password = True
        hospital_clerk.save()
        return hospital_clerk

    @pytest.mark.covers("S0-12", "S1-04")
    def test_every_page_leads_to_the_password_page(self, client_of, newcomer):
        response = client_of(newcomer).get("/accounts/sub-accounts/")

        assert response["Location"] == "/accounts/password/?next=%2Faccounts%2Fsub-accounts%2F"

    def test_password_page_and_logout_stay_open(self, client_of, newcomer):
        client = client_of(newcomer)

        assert "请先修改初始密码" in client.get("/accounts/password/").content.decode()
        assert client.post("/accounts/logout/")["Location"] == LOGIN


class TestScope:
    def passed(self, user, path="/", answer=None):
        """What the scope is within a view, and what the streamed body sees."""
        seen = {}

        def view(request):
            seen["actor"] = getattr(request, "actor", None)
            try:
                seen["scope"] = current_scope()
            except ScopeNotSet:
                seen["scope"] = None
            return answer() if answer else HttpResponse()

        request = RequestFactory().get(path)
        request.user = user
        return seen, ScopeMiddleware(view)(request)

    def test_accounts_see_their_subtree_and_act_as_themselves(self, city_reviewer):
        seen, _ = self.passed(city_reviewer)

        assert seen["scope"].paths == (city_reviewer.path,)
        assert seen["actor"].organization == city_reviewer.organization
        with pytest.raises(ScopeNotSet):
            current_scope()

    def test_enterprises_see_their_own(self, manufacturer_agent):
        seen, _ = self.passed(manufacturer_agent)

        assert (seen["scope"].paths, seen["scope"].enterprise_id) == (
            (),
            manufacturer_agent.enterprise_id,
        )

    def test_administrators_see_the_country_in_the_administration_only(self, administrator):
        inside, _ = self.passed(administrator, "/admin/accounts/user/")
        outside, _ = self.passed(administrator, "/projects/")

        assert (inside["scope"].everything, inside["scope"].reason) == (True, "admin: admin")
        assert (outside["scope"].everything, outside["scope"].paths) == (False, ())

    def test_anonymous_visitors_have_none_whatever_was_open(self, rf):
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415

        with whole_country(reason="test"):
            seen, _ = self.passed(AnonymousUser())

        assert seen["scope"] is None

    def test_streamed_answers_go_on_within_the_scope(self, city_reviewer):
        def answer():
            return StreamingHttpResponse(
                unit.code for unit in Organization.objects.order_by("path")
            )

        _, response = self.passed(city_reviewer, answer=answer)

        assert b"".join(response.streaming_content).startswith(b"420100")
