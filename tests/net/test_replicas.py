"""Reading from a standby: a real one, that follows the server of the tests."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from psycopg import ClientCursor

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import create_token
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.exchange.domain.exports import job_name
from apps.jobs.models import Status
from apps.jobs.running import run_job
from apps.jobs.services import enqueue
from apps.projects.models import Project
from apps.review.files.workbooks import FILING_EXPORT
from apps.review.models import Filing
from apps.scope import cursors
from apps.scope import standby as fitness
from apps.scope.backstop.policies import policies
from apps.scope.context import enter
from apps.scope.database import run
from apps.scope.reading import STANDBY, alias, from_standby
from apps.scope.server.sql import position
from apps.ui.pages.replicas import COOKIE
from config.embedded_postgres import server_for_tests
from tests import factories_allocation as make
from tests.api.conftest import Program
from tests.cast import Tree
from tests.net import access_table as table
from tests.net.access_world import build
from tests.net.conftest import again, signed_in
from tests.net.standby_server import StandbyServer, read_from, running_standby, standing_still
from tests.running import as_owner, no_scope_no_rows

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/review/"
OLD, NEW = "原来的名称", "改过的名称"
LOOKERS = ("alliance", "province", "county", "hospital", "maker", "carrier", "auditor", "security")
FILES = ("export", "paper", "casefile")
PROBE = 1
"""The question how far the standby is."""


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[StandbyServer]:
    host = connections["default"].get_connection_params()["host"]
    if host != str(server_for_tests().socket_folder):
        pytest.skip("the tests' server isn't the embedded one")
    with running_standby() as running:
        yield running


@pytest.fixture
def standby(server: StandbyServer, settings: Any) -> Iterator[StandbyServer]:
    with read_from(server, settings):
        yield server


@pytest.fixture
def asked(standby: StandbyServer) -> list[str]:
    """The statements that the standby got."""
    statements: list[str] = []

    def noting(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        statements.append(sql)
        return execute(sql, *given)

    connections[STANDBY].execute_wrappers.append(noting)
    return statements


@pytest.fixture
def round_of(tree: Tree, country: Any, alliance_officer: User) -> Project:
    """One that the province reviews."""
    project = make.published_round([tree["H42010600001"]], alliance_officer)
    rename(project, OLD)
    return project


@pytest.fixture
def province(round_of: Project, province_officer: User) -> Client:
    return signed_in(province_officer)


def says(client: Client, words: str) -> bool:
    """Whether a list that may be read from the standby has them."""
    return words in client.get(LIST).content.decode()


def rename(project: Project, name: str) -> None:
    """Past the triggers: published projects keep their name."""
    with as_owner():
        run("SET session_replication_role = replica")
        Project.objects.filter(pk=project.pk).update(name=name)
        run("RESET session_replication_role")


def catch_up() -> None:
    """Until the standby shows what stands on the primary."""
    fitness.forget()
    assert fitness.is_fit(shows=position(), patience=60)


def bare_standby(statement: str) -> list[Any]:
    """What the standby by itself answers under the scope in force."""
    connections[STANDBY].ensure_connection()
    raw: Any = connections[STANDBY].connection
    cursors._tell(raw)
    with ClientCursor(raw) as cursor:
        return list(cursor.execute(statement).fetchall())


def shown(client: Client, url: str) -> str:
    """A page without what differs each time; of a file nothing."""
    response = client.get(url)
    assert response.status_code in {200, 302}, url
    sent = response.getvalue()
    if not response["Content-Type"].startswith("text/html"):
        return ""
    text = sent.decode()
    clock = r"\d\d:\d\d"
    return re.sub(rf'name="csrfmiddlewaretoken" value="\w+"|data-request="\w+"|{clock}', "", text)


def says_the_same(client: Client, url: str, there: str, settings: Any) -> bool:
    """Asked once more where it differs: what was typed within the last minute is told of, and a minute may end."""
    for _ in range(2):
        settings.REPLICA = False
        here = shown(client, url)
        settings.REPLICA = True
        if here == there:
            return True
        there = shown(client, url)
    return False


def test_every_page_that_reads_there_writes_nothing_and_says_the_same(
    tree: Tree,
    people: dict[str, User],
    standby: StandbyServer,
    asked: list[str],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = build(tree, people, signed_in)
    catch_up()
    wrong, seen = [], set()
    caplog.set_level(logging.WARNING)
    for row in (row for rows in table.tables().values() for row in rows if row.method == "GET"):
        looker = next((each for each in LOOKERS if row.cell(each) == "200"), None)
        url = table.url_of(world, row)
        marked = getattr(resolve(url).func, "reads_replica", False)
        if looker is None or not (marked or row.url_name.endswith(FILES)):
            continue
        seen.add(row.url_name)
        client = world.person(looker)
        del asked[:]
        there = shown(client, url)
        if len(asked) <= PROBE:
            wrong.append(f"{row.name}: nothing was read from the standby")
        if marked and not says_the_same(client, url, there, settings):
            wrong.append(f"{row.name}: another page")
    left = [
        (record.message, vars(record).get("reason"))
        for record in caplog.records
        if "standby" in record.message
    ]
    assert left == []
    assert wrong == []
    assert len(seen) > 40


def test_without_a_scope_the_standby_shows_no_rows(
    tree: Tree, standby: StandbyServer, province_officer: User
) -> None:
    catch_up()
    units = "SELECT count(*) FROM organizations_organization"
    with enter(scope_of(province_officer)):
        ((own,),) = bare_standby(units)
    with no_scope_no_rows():
        none = [bare_standby(f"SELECT count(*) FROM {name}") for name in policies()]
    with enter(scope_of(province_officer)):
        again = bare_standby(units)

    assert own > 0
    assert {count for ((count,),) in none} == {0}
    assert again == [(own,)]


def test_a_session_sees_what_it_wrote_before_others_do(
    standby: StandbyServer, province: Client, round_of: Project
) -> None:
    catch_up()
    other = again(province)
    with standing_still(standby):
        rename(round_of, NEW)
        assert says(other, OLD)

        province.post(LIST)

        assert province.cookies[COOKIE].value.isdigit()
        assert says(province, NEW)
        assert says(other, OLD)
        other.cookies[COOKIE] = "1; DROP"
        assert says(other, NEW)
    catch_up()
    del province.cookies[COOKIE]
    assert says(province, NEW)


def test_a_standby_that_is_late_is_not_read_from(
    standby: StandbyServer, province: Client, round_of: Project, settings: Any
) -> None:
    catch_up()
    with standing_still(standby):
        assert says(province, OLD)
        rename(round_of, NEW)
        assert says(province, OLD)
        settings.REPLICA_LAG_SECONDS = 0
        fitness.forget()
        assert says(province, NEW)


def test_nobody_notices_that_the_standby_is_gone(
    standby: StandbyServer, province: Client, round_of: Project
) -> None:
    catch_up()
    assert says(province, OLD)
    standby.stop()
    try:
        rename(round_of, NEW)
        assert says(province, NEW)  # by a connection that broke
        assert says(province, NEW)  # left alone
        fitness.forget()
        assert says(province, NEW)  # nobody there
    finally:
        standby.start()
    catch_up()
    assert says(province, NEW)


def test_who_follows_nobody_is_no_standby(round_of: Project, settings: Any) -> None:
    with read_from(server_for_tests(), settings):
        assert not fitness.is_fit(patience=60)


def test_what_is_not_there_yet_is_looked_for_on_the_primary(
    standby: StandbyServer, province: Client, alliance_officer: User, tree: Tree
) -> None:
    catch_up()
    with standing_still(standby):
        assert says(province, OLD)
        late = make.published_round([tree["H42010600001"]], alliance_officer, code="FL-LATE")
        assert province.get(f"/review/{late.code}/").status_code == HTTPStatus.OK


def test_acts_read_what_they_lock(standby: StandbyServer, round_of: Project) -> None:
    catch_up()
    with standing_still(standby), from_standby():
        rename(round_of, NEW)
        assert alias() == STANDBY
        assert Project.objects.get(pk=round_of.pk).name == OLD
        with transaction.atomic():
            assert alias() == "default"
            assert Project.objects.select_for_update().get(pk=round_of.pk).name == NEW
        assert alias() == STANDBY


def test_a_file_is_written_from_the_standby_and_its_entry_on_the_primary(
    round_of: Project, province_officer: User, asked: list[str]
) -> None:
    with enter(scope_of(province_officer)):
        own = Filing.objects.of_project(round_of).get(path=province_officer.path)
        context = {"own_id": own.pk, "filters": {}}
        job = enqueue(
            job_name(FILING_EXPORT),
            by=Actor.of(province_officer),
            context=context,
            extension="xlsx",
        )

    run_job(job.pk)

    job.refresh_from_db()
    assert job.status == Status.SUCCEEDED, job.message
    assert len(asked) > PROBE
    assert LogEntry.objects.filter(verb="导出", actor=province_officer).count() == 1


def test_what_programs_ask_is_read_there_once_it_shows_all_that_is_committed(
    round_of: Project, province_officer: User, standby: StandbyServer, asked: list[str]
) -> None:
    with enter(scope_of(province_officer)):
        _token, secret = create_token(
            by=replace(Actor.of(province_officer), proved=True),
            name="平台", rights=["query"], project_ids=None, networks=[], days=1,
        )  # fmt: skip
    program = Program(secret)
    addresses = (
        "projects",
        f"projects/{round_of.code}/queue",
        f"projects/{round_of.code}/progress",
    )
    catch_up()
    for address in addresses:
        del asked[:]
        program.ask(address)
        assert len(asked) > PROBE, address
    with standing_still(standby):
        rename(round_of, NEW)
        assert [each["name"] for each in program.ask("projects")["items"]] == [NEW]


def test_without_a_standby_nothing_is_asked(province: Client) -> None:
    with CaptureQueriesContext(connections["default"]) as taken:
        response = province.post(LIST)
        province.get(LIST)

    assert COOKIE not in response.cookies
    assert [each for each in taken.captured_queries if "pg_current_wal" in str(each["sql"])] == []
