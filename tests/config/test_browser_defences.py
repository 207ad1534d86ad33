"""What browsers are told to refuse, and what we refuse of them."""

import pytest
from django.test import Client

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/projects/", "/admin/", "/healthz"])
def test_what_pages_do_not_take_is_not_answered_as_if_it_were_asked(method, path):
    answer = Client().generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_nobody_needs_are_refused(method):
    assert Client().generic(method, "/healthz").status_code == 501


def test_a_page_loads_from_us_alone_and_is_framed_by_nobody_else(client, db):
    told = client.get(LOGIN)

    policy = told["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in policy
    assert told["Referrer-Policy"] == "same-origin"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in told


def test_cookies_stay_with_us_and_out_of_scripts(client_of, city_reviewer, settings):
    page = client_of(city_reviewer).get("/accounts/security/")

    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    cookies = page.cookies.values()
    assert {cookie["samesite"] for cookie in cookies} == {"Lax"}
    assert all(cookie["httponly"] for cookie in cookies if cookie.key == "sessionid")
