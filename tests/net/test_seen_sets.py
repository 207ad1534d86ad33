"""“全部符合条件的 N 条” of every list acts on the rows that its page counted, or on none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.ui.pages.seen_sets import FIELD, Stamp
from tests.cast import Tree
from tests.net.access_table import addresses
from tests.net.access_world import World
from tests.net.budget_world import grow
from tests.net.page_forms import Form, forms_on
from tests.net.test_query_budgets import BUDGETS, is_list

pytestmark = [pytest.mark.django_db, pytest.mark.covers("S0-19")]

ROWS = 50
MOVED = "您打开页面之后，符合条件的记录"


@pytest.fixture
def grown(tree: Tree, people: dict[str, User], client_of: Callable[[User], Client]) -> World:
    known = grow(ROWS, tree, people)
    return World({persona: client_of(user) for persona, user in people.items()}, known)


def bulk_forms(client: Client, url: str) -> list[Form]:
    page = client.get(url, {"per_page": 10}).getvalue().decode()
    return [form for form in forms_on(page) if FIELD in form.sent()]


def told(client: Client, url: str, form: Form, **changed: str) -> str:
    """What the page says after everything was chosen; whatever that did is taken back."""
    button = next((c for c in form.controls if c.kind == "submit" and c.name), None)
    pressed = {button.name: button.attributes.get("value", "")} if button else {}
    target = form.attributes.get("action") or url
    target = f"{url}{target}" if target.startswith("?") else target
    with transaction.atomic():
        data: dict[str, Any] = {**form.sent(), **pressed, "select_all": "1", **changed}
        response = client.post(target, data, follow=True, HTTP_REFERER=f"http://testserver{url}")
        page = response.getvalue().decode(errors="replace")
        transaction.set_rollback(True)
    return page


def test_every_bulk_act_asks_for_the_rows_that_were_counted(grown: World) -> None:
    found, wrong = 0, []
    for name, persona in BUDGETS:
        if not is_list(name):
            continue
        client, url = (
            grown.person(persona),
            reverse(name, kwargs=grown.arguments(name, addresses()[name])),
        )
        for form in bulk_forms(client, url):
            found += 1
            stamp = Stamp.read(form.sent()[FIELD][0])
            assert stamp is not None, name
            other = Stamp(stamp.count + 1, stamp.top, stamp.total, stamp.squares)
            if MOVED in told(client, url, form):
                wrong.append(f"{name}: refused although nothing changed")
            if MOVED not in told(client, url, form, **{FIELD: str(other)}):
                wrong.append(f"{name}: acts on rows that were not counted")

    assert wrong == []
    assert found > 9
