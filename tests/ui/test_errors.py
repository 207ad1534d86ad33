import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from apps.ui import errors


@pytest.fixture
def request_():
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    request.request_id = "3f2a9c41"
    return request


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (errors.bad_request, 400, "没有做任何改动"),
        (errors.permission_denied, 403, "没有权限"),
        (errors.page_not_found, 404, "没有找到这个页面"),
        (errors.server_error, 500, "系统出了问题"),
        (errors.csrf_failure, 403, "页面已过期"),
    ],
)
def test_a_refusal_is_calm_and_quotes_its_number(request_, view, status, words):
    response = view(request_)

    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert "<code>3f2a9c41</code>" in page
    assert 'href="/"' in page


def test_forbidden_shows_its_reason(request_):
    reason = "这个页面只有单位的主账号可以使用。"

    page = errors.permission_denied(request_, PermissionDenied(reason)).content.decode()

    assert reason in page


def test_the_page_for_failures_needs_neither_request_nor_database():
    class Broken:
        def __getattr__(self, name):
            raise RuntimeError

    # No `db` fixture: a query would fail this test.
    request = RequestFactory().get("/")
    request.user = Broken()

    assert "系统出了问题" in errors.server_error(request).content.decode()


@pytest.mark.urls("tests.ui.urls")
def test_an_unknown_address_answers_in_chinese(client, db):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()
