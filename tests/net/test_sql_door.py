"""One door to SQL (docs/decisions/0061): who may open it is a committed list, and whoever else tries fails here."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from . import sql_door_lists as lists
from .sending_last import unsent
from .sql_door import complaints, holds_text, is_home, module_of, trips_of, uses_of

ROOT = Path(settings.BASE_DIR)
SOURCES = {
    path.relative_to(ROOT): path.read_text("utf-8")
    for top in ("apps", "config")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts
}
HERE = "apps/portal/domain/reminding.py"


def refused(source: str, path: str = HERE) -> list[str]:
    """The complaints about a module without its place in it."""
    found = complaints(source, path, lists.ALLOWED)
    return [each.split(": ", 1)[1] for each in found]


def apps_that(name: str) -> Counter[str]:
    return Counter(
        {
            path.parts[1]: 0
            for path in SOURCES
            if path.parts[0] == "apps" and "scope" not in path.parts
        }
    ) + Counter(
        path.parts[1]
        for path, source in SOURCES.items()
        if path.parts[:2] != ("apps", "scope")
        for _ in range(uses_of(source, name))
    )


def test_nobody_else_opens_the_door():
    found = [
        each
        for path, source in SOURCES.items()
        for each in complaints(source, path.as_posix(), lists.ALLOWED)
    ]
    assert found == []


def test_modules_of_sql_are_known():
    modules = {module_of(path) for path in SOURCES}
    assert {each for each in modules if is_home(each)} == set(lists.HOMES)
    assert {each for each in modules if holds_text(each) and not is_home(each)} == lists.TRIGGERS


def test_prepared_and_together_stay_where_they_are():
    found = {
        module_of(path): trips
        for path, source in SOURCES.items()
        if not is_home(module_of(path)) and module_of(path) != "scope/prepared"
        if (trips := trips_of(source, path.as_posix()))
    }
    assert found == lists.TRIPS


@pytest.mark.parametrize(
    ("name", "reasons"),
    [("whole_country", lists.WHOLE_COUNTRY), ("everything", lists.EVERYTHING)],
)
def test_whole_country_is_opened_for_known_reasons_only(name, reasons):
    assert apps_that(name) == Counter({app: len(each) for app, each in reasons.items()})


def test_one_whole_country_more_is_one_too_many():
    called = "with whole_country(reason='?'):\n    pass\n"

    assert uses_of(called, "whole_country") == 1
    assert uses_of("from apps.scope.context import whole_country as every", "whole_country") == 1
    assert uses_of("every = context.whole_country", "whole_country") == 1


LEAK = """
from apps.scope.database import rows

def filings():
    return rows("SELECT id, path FROM review_filing", {})
"""


def test_reading_every_filing_of_the_country_is_refused():
    assert refused(LEAK) == ["calls rows of the door", "holds SQL"]
    assert refused(LEAK, "apps/review/domain/filings/sql.py") == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("from apps.scope.database import planned_rows as ask", ["calls planned_rows of the door"]),
        ("from apps.scope import database as d", ["calls database of the door"]),
        ("from apps import scope", ["imports apps.scope"]),
        ("import apps.scope.database", ["imports apps.scope.database whole"]),
        ("from ...scope.database import run", ["calls run of the door"]),
        ("from apps.scope.database import send", ["imports send, which is held at its call sites"]),
        (
            "from apps.review.domain.filings.sql import run",
            ["takes run out of apps.review.domain.filings.sql"],
        ),
        (
            "from apps.review.domain.filings import sql as s\ns.run('…', {})",
            ["reaches run of the door through a module of SQL"],
        ),
        ("from apps.review.domain.locks import send", ["takes send out of apps.review.domain.locks"]),
        ("from apps.scope.prepared import Ask as A", ["takes Ask out of apps.scope.prepared"]),
        ("from django.db import connection as c", ["imports django.db.connection"]),
        ("from django.db import connections", ["imports django.db.connections"]),
        ("from django import db", ["imports django.db"]),
        ("import django.db", ["imports django.db whole"]),
        ("from django.db.transaction import get_connection as g", ["imports django.db.transaction.get_connection"]),
        ("transaction.get_connection().cursor()", ["uses .cursor", "uses .get_connection"]),
        ("getattr(transaction, 'get_connection')", ["reaches get_connection by its name"]),
        ("attrgetter('cursor')(found)", ["reaches cursor by its name"]),
        ("Filing.objects.raw('…')", ["uses .raw"]),
        ("Filing.objects.extra(where=['…'])", ["uses .extra"]),
        ("Filing._base_manager.all()", ["uses ._base_manager"]),
        ("QuerySet(Filing).all()", ["asks without a scope"]),
        ("RawSQL('…', [])", ["uses RawSQL"]),
        ("models.expressions.RawSQL('…', [])", ["uses RawSQL"]),
        ("import psycopg", ["imports psycopg"]),
        ("from psycopg import connect", ["imports psycopg"]),
        ("from importlib import import_module", ["imports importlib"]),
        ("__import__('apps.scope.database')", ["uses __import__"]),
        ("sys.modules['django.db']", ["looks modules up"]),
        ("from django.utils.module_loading import import_string", ["imports import_string"]),
        ("config.module.database.rows(text, {})", ["reaches the door through another module"]),
        (
            "from apps.review.domain import filings\nfilings.sql.run(text, {})",
            ["reaches run of the door through a module of SQL"],
        ),
        (
            "from apps.review.domain.filings import sql\ngetattr(sql, name)(text)",
            ["reaches into a module of SQL by a name"],
        ),
        ("class Mine(Ask[int]): ...", ["makes a statement of its own"]),
        ("type(ask)('…', ())", ["makes another of a kind that it does not name"]),
        ("ask.sql = text", ["gives a statement another text"]),
        ("Other = Ask", ["renames Ask"]),
        ("text = 'SELECT id ' + 'FROM review_filing'", ["holds SQL"]),
        ("text = f'DELETE FROM {table}'", ["holds SQL"]),
        ("text = 'UPDATE %s SET x = 1' % table", ["holds SQL"]),
        ("text = 'INSERT INTO t VALUES (1)'", ["holds SQL"]),
    ],
)  # fmt: skip
def test_ways_around_the_door_are_refused(source, what):
    assert refused(source) == what


def test_a_connection_that_may_be_named_gives_no_cursor():
    named = "from django.db import connection\n"
    path = "apps/jobs/progress.py"

    assert refused(named, path) == []
    assert refused(f"{named}connection.cursor()", path) == ["uses .cursor"]
    assert refused(f"{named}getattr(connection, name)", path) == [
        "reaches something by its name beside a connection"
    ]


@pytest.mark.parametrize(
    "source",
    [
        '"""SELECT what you see FROM the list."""',
        "field.extra['choices'] = rows",
        "super().execute(*args)",
        "from django.db import models, transaction",
        "getattr(row, name)",
    ],
)
def test_what_is_no_sql_passes(source):
    assert refused(source) == []


def test_nothing_is_asked_after_the_commit_was_sent():
    found = [f"{path}:{line}" for path, source in SOURCES.items() for line in unsent(source)]
    assert found == []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("send_last(a)\n    return saved", []),
        ("send_last(a)\n    return list(branch.filings)", []),
        ("if a:\n        send_last(a)\n    return saved", []),
        ("if a:\n        send_last(a)\n    else:\n        send(b)\n    return saved", []),
        ("send_last(a)\n    record(b)", [3]),
        ("send_last(a)\n    return Filing.objects.get(pk=1)", [3]),
        ("send_last(a)\n    x = 1", [3]),
        ("if a:\n        send_last(a)\n    send(b)", [4]),
        ("with atomic():\n        send_last(a)\n        send(b)", [4]),
        ("with one_trip():\n        send_last(a)\n    send(b)", [4]),
        ("database.send_last(a)\n    send(b)", [3]),
        ("reserve_last(a)\n    send(b)", [3]),
        ("for each in a:\n        send_last(each)", [2]),
    ],
)
def test_what_follows_the_last_statement_is_found(body, lines):
    assert unsent(f"def save():\n    {body}\n") == lines
