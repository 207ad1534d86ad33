"""Who gets what from every address of the product: literal statuses, in `access/*.txt`, one line per address.

An address without a line fails; so does one that answers an unforeseen method with more than the foreseen one. All
of it under the role that the product runs as; what that role sees, whatever the statement, is asked here too.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.domain.scopes import scope_of
from apps.scope.backstop.policies import policies
from apps.scope.context import enter
from apps.scope.database import rows
from config.embedded_postgres import RUNNER
from tests.net import access_table as table
from tests.net.access_world import NAMED_BY_DESIGN, World, foreign_marks
from tests.running import as_owner, bare, no_scope_no_rows

pytestmark = pytest.mark.django_db

APPS = sorted(table.tables())
ROWS = [row for rows in table.tables().values() for row in rows]
OTHER = {"GET": "POST", "POST": "GET"}
NOBODYS = {
    "accounts:session_end", "captcha-image", "portal:paper_verification_code", "review:round_latest",
    "accounts:token_end", "accounts:identity_end", "portal:manual_detail", "portal:manual_pdf",
    "accounts:sign_on_begin", "accounts:sign_on_return", "accounts:sign_on_logout",
    "accounts:sign_on_leave",
}  # fmt: skip
"""Objects of nobody, or, as sessions, of whoever asks; services of sign-on stand before anybody is known."""
PLACED = (
    "hospital", "county", "city", "province", "stranger", "foreign", "onlooker", "resetter",
)  # fmt: skip
"""Who has a place in the tree, but not the whole country."""
FOR_MACHINES = {"/metrics"}
"""Figures of every round, by its code, for whoever asks from this machine or shows the machines' token."""
REFUSALS = {"login", "401", "403", "404"}
ANSWERS = {"200", "302", "400", "404", "405", "409", "422"}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A failure shows the table and the crashes, not a thousand access lines."""
    caplog.set_level(logging.ERROR)


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever a request writes is taken back, its cookies too."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def answers(world: World, method: str, url: str, leaks: list[str]) -> tuple[str, ...]:
    """What each persona gets, in the table's order; `leaks` collects what a page says of another province."""
    cells = []
    for persona in table.PERSONAS:
        client = world.person(persona)
        client.raise_request_exception = False
        with undone(client):
            cell, content = table.answer(client, method, url)
        cells.append(cell)
        marks = [mark for mark in foreign_marks(persona) if mark != NAMED_BY_DESIGN.get(url)]
        if url not in FOR_MACHINES:
            leaks += [f"{url} {persona}: {mark}" for mark in marks if mark in content]
    return tuple(cells)


def test_every_address_has_its_line():
    assert set(table.addresses()) - {row.url_name for row in ROWS} == set()
    assert {row.url_name for row in ROWS} - set(table.addresses()) == set()


def test_every_line_is_whole_and_stands_once():
    assert [str(row) for row in ROWS if len(row.cells) != len(table.PERSONAS)] == []
    assert [str(row) for row in ROWS if row.method not in OTHER] == []
    assert len({(row.method, row.name) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("there", "here"), [("foreign", "province"), ("stranger", "hospital")])
def test_what_belongs_to_another_province_is_not_found(there: str, here: str):
    """404 wherever the same role at home gets further than its rights; never a page, never "not allowed"."""
    known = table.addresses()
    objects = [
        row
        for row in ROWS
        if known[row.url_name] and row.name not in NOBODYS and row.cell(here) != "401"
    ]  # 401: no session counts there; by tokens it is tests/net/test_api_access.py

    wrong = [
        str(row)
        for row in objects
        if row.cell(there) != ("403" if row.cell(here) == "403" else "404")
    ]
    assert wrong == []


@pytest.mark.covers("S0-10", "S0-14", "S0-30")
@pytest.mark.parametrize("app", APPS)
def test_everybody_gets_what_the_table_says(app: str, world: World):
    rows = table.tables()[app]

    leaks: list[str] = []
    found = [
        table.Row(row.method, row.name, answers(world, row.method, table.url_of(world, row), leaks))
        for row in rows
    ]

    different = [str(row) for row in found if row not in rows]
    assert different == [], "found:\n" + "\n".join(different)
    assert leaks == []


@pytest.mark.parametrize("app", APPS)
def test_another_method_opens_no_other_door(app: str, world: World):
    """Who is refused is refused by any method; who isn't gets an answer, not a crash."""
    wrong: dict[str, str] = {}
    for row in table.tables()[app]:
        other = OTHER[row.method]
        found = answers(world, other, table.url_of(world, row), [])
        for persona, cell, answer in zip(table.PERSONAS, row.cells, found, strict=True):
            if answer not in ({cell, "405"} if cell in REFUSALS else ANSWERS):
                wrong[f"{other} {row.name} {persona}"] = answer
    assert wrong == {}


def test_the_running_role_gave_these_answers(world: World):
    """A role that is bound: whoever owns the tables or is a superuser would see everything."""
    asked = (
        "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relpersistence = 'p'"

    assert rows(asked) == [(RUNNER, False)]
    assert rows(owned) == [(0,)]


@pytest.mark.covers("S0-10")
def test_raw_statements_without_a_scope_see_no_row(world: World):
    def counted() -> dict[str, int]:
        return {name: bare(f"SELECT count(*) FROM {name}")[0][0] for name in policies()}

    with as_owner():
        there = counted()
    with no_scope_no_rows():
        seen = counted()

    assert sum(map(bool, there.values())) > len(there) / 2
    assert {name: number for name, number in seen.items() if number} == {}


@pytest.mark.covers("S0-10")
@pytest.mark.parametrize("persona", PLACED)
def test_raw_statements_say_nothing_of_another_province(persona: str, world: World):
    """Whatever a statement forgets: of every table with a policy, every row that the server shows, as text."""
    scope = scope_of(world.people[persona])
    with enter(scope):
        said = {name: str(bare(f"SELECT held::text FROM {name} held")) for name in policies()}

    leaks = [
        f"{name}: {mark}"
        for name, text in said.items()
        for mark in foreign_marks(persona)
        if mark in text
    ]
    assert leaks == []
