"""Who gets what from every operation of the interface by a token: literal statuses, in `api_access.txt`.

A persona's column is asked with a token of all its rights; `reader` is the hospital's that may only query, `elsewhere`
one of the hospital's for another project. An operation without a line fails, and nothing foreign shows.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import create_token
from apps.projects.models import Project
from apps.scope.context import enter
from tests.net import access_table as table
from tests.net.access_world import World, foreign_marks
from tests.net.test_access_matrix import undone

pytestmark = pytest.mark.django_db

PLACE = Path(__file__).parent / "api_access.txt"
PERSONAS = (
    "hospital",
    "reader",
    "elsewhere",
    "county",
    "province",
    "alliance",
    "stranger",
    "maker",
    "carrier",
)
VARIANTS = {"reader": ("hospital", ["query"]), "elsewhere": ("hospital", None)}
OTHER_PROJECT = "BL-HUBEI-V"
OF_DEMAND = {"line_list", "line_save", "reason_save", "letter_template", "letter_upload"}
BODIES: dict[str, object] = {
    "line_save": {"rows": [{"item": "P0001", "planned": 1}]},
    "reason_save": {"text": "理由"},
    "filing_ask": {"reason": "录错"},
    "slot_save": {"contracts": [{"product": 10**12, "contract": 1}]},
    "suggestion_fill": {"seen": "0.0.0.0"},
    "agreement_void": {"reason": "录错"},
    "queue_act": {"action": "approve", "filings": [{"id": 10**12, "version": 0}]},
    "package_submit": {},
    "export_start": {},
    "relation_propose": {"proposals": [{"product": 1, "place": "42", "distributor": "9"}]},
    "relation_act": {"action": "submit", "relations": [{"id": 10**12, "version": 1}]},
}
QUERIES = dict.fromkeys(("export", "import"), "?project=FL-HUBEI") | {"distributor": "?place=42"}
FOREIGN = {"reader": "hospital", "elsewhere": "hospital"}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.CRITICAL)
    cache.clear()
    yield
    cache.clear()


def program(world: World, persona: str) -> Client:
    owner, rights = VARIANTS.get(persona, (persona, None))
    account = world.people[owner]
    with enter(scope_of(account)):
        other = [Project.objects.get(code=OTHER_PROJECT).pk] if persona == "elsewhere" else None
        _token, secret = create_token(
            by=replace(Actor.of(account), proved=True),
            name=persona,
            rights=rights or sorted(account.permissions),
            project_ids=other,
            networks=[],
            days=1,
        )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def rows() -> list[tuple[str, str, tuple[str, ...]]]:
    lines = [line.split() for line in PLACE.read_text("utf-8").splitlines()]
    assert tuple(lines[0]) == PERSONAS
    return [(method, name, tuple(cells)) for method, name, *cells in lines[1:]]


def written(method: str, name: str, cells: tuple[str, ...]) -> str:
    return f"{method:<5}{name:<24}" + "".join(f"{cell:>10}" for cell in cells)


def test_every_operation_has_its_line():
    known = {
        (row.method, row.url_name)
        for row in table.tables()["api"]
        if not row.url_name.startswith("api:reference_")
    }
    assert {(method, name) for method, name, _ in rows()} == known


def test_everybody_gets_what_the_table_says(world: World):
    programs = {persona: program(world, persona) for persona in PERSONAS}
    known, leaks, found = table.addresses(), [], []
    for method, name, _ in rows():
        short = name.removeprefix("api:")
        arguments = world.arguments(name, known[name])
        arguments |= {"code": "BL-HUBEI"} if short in OF_DEMAND else {}
        query = QUERIES.get(short.partition("_")[0], "")
        url, body = reverse(name, kwargs=arguments) + query, json.dumps(BODIES.get(short, {}))
        cells = []
        for persona, client in programs.items():
            with undone(client):
                response = client.generic(method, url, body, content_type="application/json")
                text = response.getvalue().decode(errors="replace")
            cells.append(str(response.status_code))
            marks = foreign_marks(FOREIGN.get(persona, persona))
            leaks += [f"{url} {persona}: {mark}" for mark in marks if mark in text]
        found.append((method, name, tuple(cells)))

    different = [written(*row) for row in found if row not in rows()]
    assert different == [], "found:\n" + "\n".join(different)
    assert leaks == []
