"""What every answer tells browsers, and that nothing of a session is kept."""

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.factories import PASSWORD

PAGE = "/accounts/sub-accounts/"


def kept(response):
    return "no-store" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", [PAGE, "/", "/accounts/security/", "/notices/", "/nowhere/"])
def test_pages_of_a_session_are_not_kept(client_of, city_reviewer, path):
    assert not kept(client_of(city_reviewer).get(path))


def test_what_is_nobodys_may_be_kept(client):
    assert kept(client.get("/healthz"))


@pytest.mark.parametrize("path", ["/healthz", PAGE])
def test_devices_and_other_sites_are_shut_out(db, path):
    response = Client().get(path)

    assert "camera=(), " in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


EVERYWHERE = (
    "Permissions-Policy",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere/", 404),
        ("BREW", "/", 501),
        ("POST", "/accounts/login/", 403),
        ("GET", "/api/v1/me", 401),
        ("GET", "/static/nothing.css", 404),
    ],
)
def test_what_answers_by_itself_says_the_same(db, method, path, status):
    response = Client(enforce_csrf_checks=True).generic(method, path)

    assert response.status_code == status
    assert [name for name in EVERYWHERE if name not in response.headers] == []


def test_while_it_is_worked_on_the_page_says_the_same(client_of, city_reviewer, settings, tmp_path):
    settings.MAINTENANCE_FILE = tmp_path / "maintenance.json"
    call_command("maintenance", "closed")
    response = client_of(city_reviewer).get(PAGE)

    assert response.status_code == 503
    assert [name for name in EVERYWHERE if name not in response.headers] == []
    assert not kept(response)


def test_static_files_are_for_our_pages_alone(rf, settings, tmp_path, db):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "page.css").write_text("p{}")
    served = WhiteNoiseMiddleware(lambda _request: None)(rf.get("/static/page.css"))

    assert served["Cross-Origin-Resource-Policy"] == "same-origin"
    assert served["Content-Security-Policy"].startswith("default-src 'none'; ")
    served.close()


@pytest.mark.browser
def test_the_way_back_after_the_logout_shows_nothing(page, settings, city_reviewer):
    settings.CAPTCHA = "off"
    page.goto(f"/accounts/login/?next={PAGE}")
    page.get_by_label("用户名").fill(city_reviewer.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="子用户管理")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("您已退出系统")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("button", name="登录")).to_be_visible()
    expect(page.get_by_role("heading", name="子用户管理")).to_have_count(0)
