"""Every form that edits what is there carries the version that it showed; none writes over a newer one without a word.

The list of such forms is taken from the pages; a new one without a line in `EDITS` fails.
"""

import re
from functools import lru_cache
from typing import Any

import pytest
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.acts import withdraw_agreed
from apps.volumes.models import AgreedVersion
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.conftest import again
from tests.net.edits import EDITS, MAKES, NO_DRAFT, NOT_EDITS, TRIED_ELSEWHERE, Change, Edit
from tests.net.page_forms import Form, forms_on
from tests.net.test_access_matrix import undone
from tests.pages import tags

pytestmark = [pytest.mark.django_db, pytest.mark.covers("S0-30")]

VERSION = re.compile(r"(?:[\w+]+:[0-9a-f]{8}(?: |$))+")


def page_of(client: Client, url: str) -> str:
    return client.get(url).getvalue().decode()


def url_of(world: World, name: str) -> str:
    row = next(each for each in ROWS if each.name == name)
    return table.url_of(world, row)


ROWS = [row for rows in table.tables().values() for row in rows if row.method == "GET"]


def is_edit(form: Form) -> bool:
    typed = [control for control in form.controls if control.is_typed]
    return any("".join(control.values).strip() for control in typed) or bool(versions_of(form))


def versions_of(form: Form) -> list[str]:
    return [
        control.name
        for control in form.controls
        if control.kind == "hidden" and VERSION.fullmatch("".join(control.values))
    ]


@lru_cache
def known() -> frozenset[str]:
    return frozenset(EDITS) | frozenset(NOT_EDITS)


@pytest.fixture(scope="module")
def forms(lasting_world: World, django_db_blocker: Any) -> dict[str, list[tuple[Form, bool]]]:
    """By page its posted forms that a person fills in, and whether the page brings the script that keeps drafts."""
    found: dict[str, list[tuple[Form, bool]]] = {}
    with django_db_blocker.unblock():
        for row in ROWS:
            persona = table.PERSONAS[row.cells.index("200")] if "200" in row.cells else "visitor"
            if persona in {"visitor", "security", "system", "auditor"}:
                continue
            client = again(lasting_world.person(persona))
            with undone(client):
                _, page = table.answer(client, "GET", table.url_of(lasting_world, row))
            free = [form for form in forms_on(page) if any(c.is_free for c in form.controls)]
            if kept := [
                (form, "js/unsaved.js" in page) for form in free if not asks_password(form)
            ]:
                found[row.name] = kept
    return found


def asks_password(form: Form) -> bool:
    return any(control.kind == "password" for control in form.controls)


@pytest.mark.usefixtures("world")
def test_every_form_that_edits_is_listed(forms: dict[str, list[tuple[Form, bool]]]) -> None:
    found = {name for name, all_ in forms.items() if any(is_edit(form) for form, _ in all_)}

    assert found - known() == set()


@pytest.mark.usefixtures("world")
def test_every_form_keeps_a_draft(forms: dict[str, list[tuple[Form, bool]]]) -> None:
    without = {
        name
        for name, all_ in forms.items()
        for form, has_script in all_
        if not has_script or {"data-no-draft", "data-repeatable"} & form.attributes.keys()
    }
    assert without == set(NO_DRAFT)


@pytest.mark.usefixtures("world")
def test_every_form_of_several_fields_is_tried_in_a_browser(
    forms: dict[str, list[tuple[Form, bool]]],
) -> None:
    several = {
        name
        for name, all_ in forms.items()
        for form, _ in all_
        if len({control.name for control in form.controls if control.is_free}) > 1
    }

    assert several - set(EDITS) - set(MAKES) == set(TRIED_ELSEWHERE)


def open_rules(world: World) -> None:
    """Rules can be edited only while no agreed volumes are published."""
    with whole_country(reason="test"):
        for version in AgreedVersion.objects.published():
            withdraw_agreed(version=version, by=Actor.of(world.people["alliance"]), reason="重算")


@pytest.fixture
def rules_are_open(world: World) -> None:
    open_rules(world)


@pytest.mark.usefixtures("rules_are_open")
@pytest.mark.parametrize("name", EDITS)
def test_a_newer_value_is_never_undone_without_a_word(name: str, world: World) -> None:
    edit, url = EDITS[name], url_of(world, name)
    mine = world.person(edit.persona)
    theirs = again(mine)
    shown = edited(page_of(mine, url), edit)

    saved = sent(theirs, url, edited(page_of(theirs, url), edit), edit.colleague)
    assert saved.status_code == 302, said_by(saved)
    after_theirs = edited(page_of(theirs, url), edit).sent()
    answer = sent(mine, url, shown, edit.own)
    told = (
        page_of(mine, answer["Location"])
        if answer.status_code == 302
        else answer.getvalue().decode()
    )

    assert "您打开这一页之后" in told
    assert edited(page_of(theirs, url), edit).sent() == after_theirs


@pytest.mark.usefixtures("rules_are_open")
@pytest.mark.parametrize("name", EDITS)
def test_sent_again_knowingly_it_counts(name: str, world: World) -> None:
    edit, url = EDITS[name], url_of(world, name)
    client = world.person(edit.persona)
    shown = edited(page_of(client, url), edit)
    sent(client, url, edited(page_of(client, url), edit), edit.colleague)
    answer = sent(client, url, shown, edit.own)
    if answer.status_code == 302:
        return  # the page shows the newer value, and the browser its draft beside it

    stale = edited(answer.getvalue().decode(), edit)
    for field, value in edit.own.items():
        assert stale.sent().get(field, []) == ([value] if isinstance(value, str) else value)
    final = sent(client, url, stale, {})

    assert final.status_code == 302, said_by(final)


@pytest.mark.usefixtures("rules_are_open")
@pytest.mark.parametrize("name", EDITS)
def test_a_form_that_does_not_say_what_it_showed_is_refused(name: str, world: World) -> None:
    edit, url = EDITS[name], url_of(world, name)
    client = world.person(edit.persona)
    before = edited(page_of(client, url), edit)
    bare = edited(page_of(client, url), edit)
    versions = set(versions_of(bare))
    bare.controls = [control for control in bare.controls if control.name not in versions]

    answer = sent(client, url, bare, edit.own)
    told = (
        page_of(client, answer["Location"])
        if answer.status_code == 302
        else answer.getvalue().decode()
    )

    assert "您打开这一页之后" in told
    assert edited(page_of(client, url), edit).sent() == before.sent()


def edited(page: str, edit: Edit) -> Form:
    return next(form for form in forms_on(page) if versions_of(form))


def said_by(response: Any) -> list[str]:
    """What a refusal says."""
    return [
        tag.words
        for tag in tags(response.getvalue().decode(), "div", "span")
        if "error" in tag.get("class", "")
    ]


def sent(client: Client, url: str, form: Form, change: Change) -> Any:
    data: dict[str, Any] = {**form.sent(), **change}
    return client.post(form.attributes.get("action") or url, data)
