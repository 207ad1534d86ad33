"""演练 from outside, by everybody: the way in opens for the alliance alone, and what opens there is the rehearsal's.

That nothing of it shows anywhere else is held by the whole access matrix: its mark is foreign to everybody
(`access_world.foreign_marks`).
"""

import logging

import pytest

from apps.rehearsals.pages.inside import SHUT
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.rehearsal_world import INSIDE, INVENTED
from tests.net.test_access_matrix import undone
from tests.rehearsals.rehearsing import LINK

pytestmark = pytest.mark.django_db
ROWS = [row for rows in table.tables().values() for row in rows]
OUTSIDE = ("/static/", "/rehearsals/")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def inside(world: World, url: str) -> str:
    return f"{world.known[INSIDE]['prefix'].removesuffix('/')}{url}"


@pytest.mark.parametrize("persona", [each for each in table.PERSONAS if each != "alliance"])
def test_the_way_in_is_shut(persona: str, world: World) -> None:
    """One address of every app by either method."""
    client, found = world.person(persona), dict[str, str]()
    first = {(row.method, row.url_name.partition(":")[0]): row for row in ROWS}
    for row in first.values():
        url = inside(world, table.url_of(world, row))
        with undone(client):
            cell, content = table.answer(client, row.method, url)
        assert INVENTED not in content, url
        if cell not in ({"403", "login"} if persona == "visitor" else {"403"}):
            found[f"{row.method} {url}"] = cell
    assert found == {}


def test_what_the_alliance_opens_there_is_the_rehearsals(world: World) -> None:
    client, wrong, opened = world.person("alliance"), list[str](), set[str]()
    client.raise_request_exception = False
    prefix = world.known[INSIDE]["prefix"]
    for row in (row for row in ROWS if row.method == "GET"):
        url, app = inside(world, table.url_of(world, row)), row.url_name.partition(":")[0]
        with undone(client):
            cell, content = table.answer(client, "GET", url)
        if cell == "500" or (app in SHUT and cell not in {"403", "404"}):
            wrong.append(f"{url}: {cell}")
        if cell == "200" and "<html" in content:
            opened.add(app)
            strays = [to for to in LINK.findall(content) if not to.startswith((prefix, *OUTSIDE))]
            marked = "data-rehearsal" in content and INVENTED in content
            wrong += [f"{url}: {strays[:2]} {marked}"] if strays or not marked else []
    assert wrong == []
    assert opened >= {"portal", "projects", "reporting", "review", "notices", "analysis"}
