"""Every act on more than one row says which rows its page counted, or stands here with the reason why it needn't.

The acts are taken from the pages: a posted form whose address names no single row. A new one without a stamp and
without a reason fails.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from apps.ui.lists import ALL_MATCHING
from apps.ui.pages.seen_sets import FIELD, Stamp
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.conftest import again
from tests.net.edits import EDITS, MAKES
from tests.net.page_forms import Form, forms_on
from tests.net.test_access_matrix import undone

pytestmark = [pytest.mark.django_db, pytest.mark.covers("S0-19")]

ROW_KEYS = {"pk", "item", "tier", "slot"}
"""What names a single row in an address."""
MOVED = "您打开页面之后，符合条件的记录"
ONE = "one thing: "
WHOLE = "the project as a whole, judged anew under its lock: "
TICKED = "ticked rows alone, each named: "
WITHOUT = {}
STAMPED = set()


Found = dict[str, list[tuple[str, str, Form]]]


@pytest.fixture(scope="module")
def acts(lasting_world: World, django_db_blocker: Any) -> Found:
    """By the name of the address they are sent to: persona, page and form."""
    found: Found = {}
    rows = [row for each in table.tables().values() for row in each if row.method == "GET"]
    with django_db_blocker.unblock():
        for row in rows:
            for persona in _readers(row):
                url = table.url_of(lasting_world, row)
                for name, form in _acts_on(lasting_world.person(persona), url):
                    found.setdefault(name, []).append((persona, url, form))
    return found


def _readers(row: table.Row) -> list[str]:
    return [
        persona
        for persona, cell in zip(table.PERSONAS, row.cells, strict=True)
        if cell == "200" and persona not in {"visitor", "admin", "onlooker", "stranger", "foreign"}
    ]


def _acts_on(client: Client, url: str) -> Iterator[tuple[str, Form]]:
    client = again(client)
    with undone(client):
        _, page = table.answer(client, "GET", url)
    for form in forms_on(page):
        target = resolve(urlsplit(urljoin(url, form.attributes.get("action") or url)).path)
        if not ROW_KEYS & target.kwargs.keys():
            yield target.view_name, form


@pytest.mark.usefixtures("world")
def test_every_act_on_several_rows_says_which_or_why_not(acts: Found) -> None:
    stamped = {name for name, all_ in acts.items() if any(FIELD in f.sent() for *_, f in all_)}
    bare = set(acts) - stamped - set(EDITS) - set(MAKES)

    assert bare - set(WITHOUT) == set(), "says neither which rows were counted nor why it needn't"
    assert set(WITHOUT) - bare == set(), "listed, but no page has it"
    assert stamped == STAMPED


@pytest.mark.parametrize("name", sorted(STAMPED))
def test_what_was_not_counted_is_not_touched(name: str, acts: Found, world: World) -> None:
    persona, url, form = next(each for each in acts[name] if FIELD in each[2].sent())
    stamp = Stamp.read(form.sent()[FIELD][0])
    assert stamp is not None
    other = Stamp(stamp.count + 1, stamp.top, stamp.total, stamp.squares)

    for changed in ({FIELD: str(other)}, {FIELD: ""}):
        assert MOVED in told(world.person(persona), url, form, changed)


def told(client: Client, url: str, form: Form, changed: dict[str, str]) -> str:
    """What the page says after everything was chosen; whatever that did is taken back."""
    button = next((c for c in form.controls if c.kind == "submit" and c.name), None)
    pressed = {button.name: button.attributes.get("value", "")} if button else {}
    target = urljoin(f"http://testserver{url}", form.attributes.get("action") or url)
    with undone(client):
        data: dict[str, Any] = {**form.sent(), **pressed, ALL_MATCHING: "1", **changed}
        response = client.post(target, data, follow=True, HTTP_REFERER=f"http://testserver{url}")
        return response.getvalue().decode(errors="replace")
