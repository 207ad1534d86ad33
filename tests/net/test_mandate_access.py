"""代填授权: which addresses open under `/for/…`, in `mandate_access.txt`; no other does.

Every line of the access matrix is asked under a mandate for the hospital's filing of that address's round; what the
file does not name is 403, and what it names is what the hospital itself would get, or less.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.mandates.acts import grant_mandate
from apps.scope.context import enter, whole_country
from tests import factories
from tests.net import access_table as table
from tests.net.access_world import World, foreign_marks
from tests.net.test_access_matrix import undone

pytestmark = pytest.mark.django_db

PLACE = Path(__file__).parent / "mandate_access.txt"
ROUNDS = ("BL-HUBEI", "FL-HUBEI")
RIGHTS = ["export", "maintain", "query", "report"]
HOSPITAL, NEIGHBOUR = "H42010600001", "H42010600002"


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    cache.clear()


@pytest.fixture
def holder() -> tuple[User, dict[str, int]]:
    """An account of the neighbour, and by round the mandate that the hospital gave it, reporting included."""
    with whole_country(reason="test"):
        unit = Organization.objects.get(code=NEIGHBOUR)
        main = User.objects.get(organization=unit)
        account = factories.sub_account_of(main, permission_subset=RIGHTS)
        lender = User.objects.select_related("organization").get(organization__code=HOSPITAL)
    given = {}
    for code in ROUNDS:
        with enter(scope_of(lender)):
            mandate = grant_mandate(
                project=Project.objects.get(code=code),
                username=account.username,
                unit_name=unit.name,
                may_report=True,
                ends_at=timezone.now() + timedelta(1),
                by=replace(Actor.of(lender), proved=True),
            )
        given[code] = mandate.pk
    return account, given


def test_only_what_is_named_opens(world: World, holder: tuple[User, dict[str, int]]) -> None:
    account, given = holder
    client = Client()
    client.force_login(account)
    client.raise_request_exception = False
    found, leaks = [], []
    for row in (row for rows in table.tables().values() for row in rows):
        url = table.url_of(world, row)
        code = next((code for code in ROUNDS if f"/{code}/" in url), ROUNDS[0])
        with undone(client):
            cell, content = table.answer(client, row.method, f"/for/{given[code]}{url}")
        if cell != "403":
            found.append(f"{row.method:<5}{row.name:<40}{cell:>9}")
        leaks += [f"{url}: {mark}" for mark in foreign_marks("hospital") if mark in content]
    named = PLACE.read_text("utf-8").splitlines()
    assert found == named, "found:\n" + "\n".join(found)
    assert leaks == []
