"""NUL characters and strange encodings end as a refusal, never as an error of the database."""

from importlib import import_module

import pytest

from config.clean_text import CleanTextMiddleware, only_utf8

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
BOUNDARY = "x"


@pytest.fixture(autouse=True)
def captcha(settings):
    settings.CAPTCHA = "after_failure"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        (f"{LOGIN}?username=%00&captcha=audio", None),
        (f"{LOGIN}?%00=1", None),
        (LOGIN, {"username": "a\0b", "password": "x"}),
        (LOGIN, {"captcha_key": "\0"}),
    ],
)
def test_nul_characters_are_refused(address, form, client):
    response = client.get(address) if form is None else client.post(address, form)

    assert response.status_code == 400


@pytest.mark.parametrize("header", ["User-Agent", "Accept", "Referer", "X-Request-ID"])
def test_nul_characters_in_headers_are_refused(header, client):
    form = {"username": "a", "password": "x"}

    assert client.post(LOGIN, form, headers={header: "a\0b"}).status_code == 400


def answered(content_type):
    """The status from where the server hands over; 200 if it got as far as the application."""
    statuses = []

    def start(status, _headers):
        statuses.append(status)

    def application(_environ, start_response):
        start_response("200 OK", [])
        return []

    list(only_utf8(application)({"CONTENT_TYPE": content_type}, start))
    return statuses[0][:3]


@pytest.mark.parametrize("codec", ["raw_unicode_escape", "unicode_escape", "utf-7", "hex", "gbk"])
def test_other_encodings_are_refused(codec):
    assert answered(f"multipart/form-data; boundary=x; charset={codec}") == "400"
    assert answered(f'text/plain; charset="{codec}"') == "400"


@pytest.mark.parametrize("kind", ["", ";", "text/plain", "x; charset=UTF8", "x; charset=unknown"])
def test_utf8_and_what_nobody_knows_is_let_through(kind):
    assert answered(kind) == "200"


def test_the_server_starts_with_it(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    application = import_module("config.wsgi").application

    assert application.__qualname__ == "only_utf8.<locals>.answer"


@pytest.mark.parametrize("codec", ["no-such-codec", "hex", "utf-7"])
def test_a_file_name_in_a_strange_encoding_does_no_harm(codec, client):
    part = "Content-Disposition: form-data; name=\"file\"; filename*=no-such-codec''%00a.xlsx"
    body = f"--{BOUNDARY}\r\n{part}\r\n\r\nx\r\n--{BOUNDARY}--\r\n"

    response = client.generic(
        "POST", LOGIN, body, content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )

    assert response.status_code in {200, 400}


@pytest.mark.parametrize(
    "forged",
    [
        '"a\\000bcdefghijklmnopqrstuvwxyz12345"',
        "x" * 5_000,
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456",
        "\x7f\x1b[31m" * 8,
        "\xed\xa0\x80" * 11,
        "'; DROP TABLE django_session; --",
    ],
    ids=["octal nul", "long", "capitals", "control", "surrogate", "quote"],
)
@pytest.mark.parametrize("address", ["/", LOGIN, "/review/"])
def test_a_forged_session_is_none(address, forged, client):
    client.cookies["sessionid"] = "x"
    client.cookies["sessionid"].set("sessionid", forged, forged)

    response = client.get(address)

    assert response.status_code == (302 if address == "/review/" else 200)


@pytest.mark.parametrize("cookie", ["csrftoken", "messages", "django_language"])
def test_other_forged_cookies_do_no_harm(cookie, client):
    for forged in ("\x7f" * 64, '"\\000\\377"', "x" * 10_000):
        client.cookies[cookie] = "x"
        client.cookies[cookie].set(cookie, forged, forged)

        assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize("name", ["new_password", "confirmation", "proof"])
def test_a_password_is_taken_as_it_is(name, rf):
    odd = "P@ss\u200be\u0301-2026"
    request = rf.post("/", {name: odd, "name": "甲\u200b"})

    CleanTextMiddleware(lambda _request: None).process_view(request)

    assert request.POST.dict() == {name: odd, "name": "甲"}
