import io
import json
import logging
import logging.config

import pytest
import structlog

from config.logging import HIDDEN, logging_dict


@pytest.fixture
def lines():
    """What a production process writes on standard error, parsed; the session's own logging comes back after."""
    written = io.StringIO()
    configuration = logging_dict(debug=False, level="INFO")
    configuration["handlers"]["stderr"]["stream"] = written
    handlers, level = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.root.handlers[:], logging.root.level = handlers, level


def fail(sentence):
    raise ValueError(sentence)


def test_a_line_is_one_json_object_with_chinese_as_it_is(lines):
    structlog.get_logger("fenliang").info("导出完成", rows=12)

    (line,) = lines()
    assert line["event"] == "导出完成"
    assert (line["rows"], line["level"], line["logger"]) == (12, "info", "fenliang")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_is_structured_too(lines):
    logging.getLogger("django.request").error("Failed: %s", "/nowhere", extra={"status_code": 500})

    (line,) = lines()
    assert (line["event"], line["status_code"]) == ("Failed: /nowhere", 500)


def test_an_exception_is_one_line(lines):
    try:
        fail("no such unit")
    except ValueError:
        logging.getLogger("fenliang").exception("failed")

    (line,) = lines()
    assert "ValueError: no such unit" in line["exception"]


@pytest.mark.parametrize(
    "key",
    ["password", "new_password1", "SECRET_KEY", "csrfmiddlewaretoken", "Cookie", "Authorization"],
)
def test_a_value_under_a_secret_name_is_hidden(lines, key):
    structlog.get_logger("fenliang").info("login", **{key: "Fenliang#2026"})

    (line,) = lines()
    assert line[key] == HIDDEN


def test_secrets_are_hidden_at_any_depth(lines):
    structlog.get_logger("fenliang").info(
        "form", data={"user": "maker1", "fields": [{"password": "Fenliang#2026"}]}
    )

    (line,) = lines()
    assert line["data"] == {"user": "maker1", "fields": [{"password": HIDDEN}]}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("password=Fenliang#2026 user=maker1", f"password={HIDDEN} user=maker1"),
        ('{"password": "Fenliang#2026"}', f'{{"password": {HIDDEN}}}'),
        ("postgres://fenliang:geheim@db/fenliang", f"postgres://fenliang:{HIDDEN}@db/fenliang"),
        ("Set-Cookie: sessionid=abc123; HttpOnly", f"Set-Cookie: sessionid={HIDDEN}; HttpOnly"),
        ("请在 10:30 前上报", "请在 10:30 前上报"),
    ],
)
def test_secrets_inside_texts_are_hidden(lines, said, written):
    logging.getLogger("fenliang").warning(said)

    (line,) = lines()
    assert line["event"] == written


def test_secrets_of_an_exception_are_hidden(lines):
    try:
        fail("cannot connect to postgres://fenliang:geheim@db/fenliang")
    except ValueError:
        logging.getLogger("fenliang").exception("failed")

    assert "geheim" not in json.dumps(lines())
