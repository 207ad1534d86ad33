"""The manuals' pictures can be made of this build: `MANUAL_PICTURES=1 bin/test tests/journeys/test_manual_pictures.py`
writes them anew into `docs/manual/images`; without it they are made, looked at and thrown away.
"""

import io
import os
import shutil
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.portal.files.manuals import PICTURES
from apps.scope.context import whole_country
from tests.journeys.conftest import Enter
from tests.journeys.manual_pictures import LARGEST, RECIPES, Recipe, small
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
RENEWING = bool(os.environ.get("MANUAL_PICTURES"))
BESIDE = 5
"""Browsers: while one page is waited for until it asks for nothing more, the next ones load."""


@pytest.fixture
def sealed(demo: None, transactional_db: None) -> None:
    """The demo with every bureau of the country, its records sealed."""
    call_command("load_divisions", stdout=io.StringIO())
    call_command("verify_audit", seal=True, stdout=io.StringIO())


@pytest.fixture
def person(client_of: Any) -> Any:
    """`person("alliance")`: the session of that account."""

    def entered(username: str) -> Client:
        with whole_country(reason="test"):
            account = User.objects.select_related("organization").get(username=username)
        return client_of(account)

    return entered


def signed_in(visitor: Visitor, client: Client) -> None:
    session = client.cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.home}])


def opened(visitor: Visitor, recipe: Recipe, person: Any) -> None:
    visitor.context.clear_cookies()
    if recipe.account:
        signed_in(visitor, person(recipe.account))
    visitor.page.goto(recipe.address)
    if recipe.press:
        visitor.follow(visitor.page.locator("main tbody a").filter(has_text=recipe.press).first)


def shot_of(visitor: Visitor) -> bytes:
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page.screenshot()


@pytest.mark.usefixtures("sealed")
def test_pictures_of_the_manuals(enter: Enter, person: Any):
    visitors = [enter(f"manuals-{number}") for number in range(BESIDE)]
    if RENEWING:
        shutil.rmtree(PICTURES, ignore_errors=True)
        PICTURES.mkdir()
    large, refused, names = {}, {}, list(RECIPES)
    for first in range(0, len(names), BESIDE):
        showing = dict(zip(names[first : first + BESIDE], visitors, strict=False))
        for name, visitor in showing.items():
            opened(visitor, RECIPES[name], person)
        for name, visitor in showing.items():
            shot = small(shot_of(visitor))
            if visitor.page.locator(".refusal").count():
                refused[name] = RECIPES[name].address
            if len(shot) > LARGEST:
                large[name] = len(shot)
            if RENEWING:
                (PICTURES / f"{name}.png").write_bytes(shot)

    assert (large, refused) == ({}, {})
