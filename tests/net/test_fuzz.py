"""Garbage posted to every address by everybody: an answer, never a crash, and no row of somebody else's changed.

The seed is pytest-randomly's (printed first): `-p randomly -p "randomly_seed=…"` sends the same garbage again.
"""

import logging
import random
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.review.models import Filing
from apps.scope.context import Scope, enter, whole_country
from tests.net import access_table as table
from tests.net.access_world import World
from tests.net.fuzzing import Fuzz, numbers_of

pytestmark = pytest.mark.django_db

APPS = sorted(table.tables())
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
ROUNDS = 1
GLOBAL = {"organizations.Division", "organizations.Enterprise"}
MANAGES_GLOBAL = {"alliance", "system"}
TELLS_OTHERS = {"notices.Event", "notices.Message"}
"""Acts write to the units that they concern; what was there before is still nobody's to change."""
OF_ADMINISTRATORS = {"accounts.User", "accounts.Approval", "organizations.Organization", *GLOBAL}
Rows = dict[Any, tuple[Any, ...]]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    seed: int = request.config.getoption("randomly_seed", default=None) or 0
    print(f"fuzz seed: {seed}")  # noqa: T201 shown with a failure
    return seed


def models_by_table() -> dict[str, type[models.Model]]:
    """What belongs to somebody: our models without the log, which tells of acts wherever they are."""
    return {
        model._meta.db_table: model
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        and not hasattr(model, "pgh_tracked_model")
        and model._meta.label != "audit.LogEntry"
    }


class Ledger:
    """What every table held before; each request is taken back, so that stays true."""

    def __init__(self) -> None:
        self.tables = models_by_table()
        self.before: dict[str, Rows] = {}

    def remember(self) -> None:
        self.before = {name: rows_of(model) for name, model in self.tables.items()}

    def changed(self, statements: list[str]) -> Iterator[tuple[type[models.Model], set[Any]]]:
        """Models with the ids of rows that differ now, of the tables that were written at all."""
        written = {name for statement in statements for name in WRITES.findall(statement)}
        for name in sorted(written & self.tables.keys()):
            before, after = self.before[name], rows_of(self.tables[name])
            if ids := {pk for pk in before | after if before.get(pk) != after.get(pk)}:
                yield self.tables[name], ids


def rows_of(model: type[models.Model]) -> Rows:
    fields = [each.attname for each in model._meta.concrete_fields]
    with whole_country(reason="test"):
        return {row[0]: row[1:] for row in model._default_manager.values_list("pk", *fields)}


def seen_by(user: User | None, model: type[models.Model], ids: set[Any]) -> set[Any]:
    scope = scope_of(user) if user and not user.is_staff else Scope(reason="nobody")
    with enter(scope):
        return set(model._default_manager.filter(pk__in=list(ids)).values_list("pk", flat=True))


@contextmanager
def undone(client: Client) -> Iterator[None]:
    cookies = client.cookies.copy()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def learned(world: World, rows: list[table.Row], fuzz: Fuzz) -> None:
    """The forms of all pages of the app, as the first who may open each sees them."""
    with whole_country(reason="test"):
        units, filings = Organization.objects.order_by("pk"), Filing.objects.order_by("pk")
        people = User.objects.order_by("pk")
        fuzz.ids = tuple(numbers_of([*units, *filings, *people]))
    for row in rows:
        if row.method == "GET" and "200" in row.cells:
            client = world.person(table.PERSONAS[row.cells.index("200")])
            with undone(client):
                _, page = table.answer(client, "GET", table.url_of(world, row))
            fuzz.learn(page)


def outside(persona: str, user: User | None, changes: list[Any], after: bool) -> list[str]:
    """What was changed and isn't the persona's to see."""
    found = []
    for model, ids in changes:
        label = model._meta.label
        if persona in {"system", "security"} and label in OF_ADMINISTRATORS:
            continue
        if after and label in TELLS_OTHERS:
            continue
        if label in GLOBAL:
            found += [] if persona in MANAGES_GLOBAL else [f"{persona} changed {label} {ids}"]
        elif hidden := {pk for pk in ids if exists(model, pk)} - seen_by(user, model, ids):
            found.append(f"{persona} changed {label} {hidden} ({'new' if after else 'old'})")
    return found


def exists(model: type[models.Model], pk: Any) -> bool:
    with whole_country(reason="test"):
        return bool(model._default_manager.filter(pk=pk).exists())


@pytest.mark.covers("S0-30")
@pytest.mark.parametrize("app", APPS)
def test_garbage_crashes_nothing_and_changes_nothing_of_others(
    app: str, world: World, seed: int
) -> None:
    rows, ledger = table.tables()[app], Ledger()
    fuzz = Fuzz(random.Random(f"{seed} {app}"))
    learned(world, rows, fuzz)
    ledger.remember()
    addresses = {row.name: table.url_of(world, row) for row in rows}

    wrong: list[str] = []
    for name, url in addresses.items():
        for persona in table.PERSONAS * ROUNDS:
            wrong += attack(
                world.person(persona), persona, world.people.get(persona), (name, url), fuzz, ledger
            )
    assert wrong == [], f"seed {seed}:\n" + "\n".join(wrong)


def reason_of(response: Any) -> str:
    """What crashed, and where in our code."""
    _, error, trace = response.exc_info
    ours = [each for each in traceback.extract_tb(trace) if "/apps/" in each.filename]
    place = f"{ours[-1].filename.partition('/apps/')[2]}:{ours[-1].lineno}" if ours else "?"
    return f"{response.status_code} {error!r:.200} at {place}"


def attack(
    client: Client,
    persona: str,
    user: User | None,
    address: tuple[str, str],
    fuzz: Fuzz,
    ledger: Ledger,
) -> list[str]:
    """One post; what is wrong with its answer or with what it wrote."""
    name, url = address
    query, form = fuzz.query(), fuzz.form()
    client.raise_request_exception = False
    post: Callable[..., Any] = client.post
    reset_queries()
    with undone(client), CaptureQueriesContext(connection) as asked:
        response = post(f"{url}?{query}", form)
        response.getvalue()
        if response.status_code >= 500:
            return [f"{persona} POST {name}?{query}: {reason_of(response)}; sent {form!r:.300}"]
        changes = list(ledger.changed([each["sql"] or "" for each in asked.captured_queries]))
        wrong = outside(persona, user, changes, after=True)
    wrong += outside(persona, user, changes, after=False)
    if response.get("Location", "/").startswith(("http", "//")):
        wrong.append(f"sends to {response['Location']}")
    return [f"{persona} POST {name}?{query}: {each}; sent {form!r:.300}" for each in wrong]
