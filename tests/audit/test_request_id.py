import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory

from apps.audit.request_id import RequestIdMiddleware, current_request_id
from apps.scope import cursors
from apps.scope.database import run

NEW = re.compile(r"[0-9a-f]{32}")


def answer(request):
    """A view that says which id it runs under."""
    return HttpResponse(current_request_id())


def ask(view=answer, **headers):
    return RequestIdMiddleware(view)(RequestFactory().get("/", headers=headers))


def test_a_request_gets_an_id_that_the_response_repeats():
    response = ask()

    assert NEW.fullmatch(response.text)
    assert response.headers["X-Request-ID"] == response.text


def test_a_proxys_id_is_kept():
    assert ask(**{"X-Request-ID": "b7c1f0a2-5d3e"}).headers["X-Request-ID"] == "b7c1f0a2-5d3e"


@pytest.mark.parametrize(
    "inbound",
    ["", "short", "x" * 65, "abcdefgh\nforged", "<script>alert(1)</script>", "编号编号编号编号"],
)
def test_an_id_that_could_be_anything_else_is_replaced(inbound):
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = inbound

    response = RequestIdMiddleware(answer)(request)

    assert NEW.fullmatch(response.headers["X-Request-ID"])


def test_there_is_no_id_outside_of_a_request():
    ask()

    assert current_request_id() == ""


def test_log_lines_of_the_request_carry_its_id():
    def view(request):
        structlog.get_logger("fenliang").info("inside")
        return HttpResponse()

    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as lines:
        response = ask(view)

    assert [line["request_id"] for line in lines] == [response.headers["X-Request-ID"]] * 2


def test_the_access_line_names_account_status_and_time_but_no_query():
    request = RequestFactory().get("/projects/", {"name": "张三"})
    request.account_at_hand = type("Account", (), {"pk": 7})()

    with structlog.testing.capture_logs() as lines:
        RequestIdMiddleware(lambda _request: HttpResponse(status=403))(request)

    (line,) = lines
    assert line.pop("duration_ms") >= 0
    assert [line.pop(name) for name in ("database_ms", "statements", "template_ms")] == [0, 0, 0]
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/projects/",
        "status": 403,
        "user_id": 7,
        "address": "127.0.0.1",
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_machines_ask_is_quiet(path):
    with structlog.testing.capture_logs() as lines:
        RequestIdMiddleware(answer)(RequestFactory().get(path))

    assert [line["log_level"] for line in lines] == ["debug"]


@pytest.mark.django_db
def test_an_error_page_shows_the_id(client):
    response = client.get("/there/is/no/such/page/")

    assert response.status_code == 404
    assert response.headers["X-Request-ID"] in response.text


@pytest.mark.django_db
def test_the_line_tells_database_and_template_apart(client):
    with structlog.testing.capture_logs() as lines:
        client.get("/accounts/login/")

    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["statements"] > 0
    assert line["duration_ms"] >= line["database_ms"] > 0
    assert line["duration_ms"] >= line["template_ms"] > 0


@pytest.mark.django_db
def test_a_slow_statement_is_told_with_the_requests_id(monkeypatch, caplog):
    monkeypatch.setattr(cursors, "SLOW", 0.01)

    def view(_request):
        run("SELECT pg_sleep(%s)", [0.02])
        return HttpResponse()

    ask(view)

    (told,) = [record for record in caplog.records if record.message == "slow_statement"]
    assert "pg_sleep" in told.statement
    assert "0.02" not in told.statement
