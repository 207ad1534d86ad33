"""Programs and people at the same moment, on real transactions: who waits for whom, and what is written then."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from apps.api.pages import turns
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests import factories
from tests import factories_demand as demand
from tests.waiting import PATIENCE, becomes, wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
LINES = "projects/BL/lines"
ITEMS = 190


@pytest.fixture
def units(tree, alliance_officer):
    """Three hospitals of a round."""
    made = [
        tree["H42010600001"],
        *(factories.InstitutionFactory(parent=tree["420106"]) for _ in range(2)),
    ]
    project = demand.demand_project(made, items=ITEMS, explanation_scope="none")
    demand.published(project, alliance_officer)
    return made


@pytest.fixture
def clerks(units, hospital_clerk):
    return [hospital_clerk, *(factories.account_of(unit) for unit in units[1:])]


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as threads:
        yield threads


def whole_sheet(planned):
    rows = [
        {"item": f"P{place:04d}", "planned": planned, "version": 0} for place in range(1, ITEMS + 1)
    ]
    body = {"rows": rows}
    assert len(json.dumps(body)) >= turns.LARGE
    return body


def on_its_own(act, *told, **named):
    """In a thread: with a connection that ends with it."""
    try:
        return act(*told, **named)
    finally:
        connection.close()


def held(unit, cursor):
    """Its filing, until the transaction ends."""
    cursor.execute("SELECT pg_current_xact_id()")
    Filing.objects.select_for_update(of=["self"]).get(organization=unit)


def typed(client, item, planned):
    """A person's save of a row, as the sheet sends it."""
    body = {"rows": [[item, str(planned), "", 0, False]], "settle": []}
    return client.post("/demand/BL/entry/save/", body, content_type="application/json")


def quantities(unit):
    with whole_country(reason="test"):
        rows = DemandLine.objects.filter(filing__organization=unit)
        return Counter(rows.values_list("planned", flat=True))


def test_a_large_write_waits_for_another_and_people_wait_for_neither(
    units, clerks, program_of, client_of, pool, monkeypatch
):
    monkeypatch.setattr(turns, "WAIT", PATIENCE)
    first, second = (program_of(clerk) for clerk in clerks[:2])
    third = program_of(clerks[1], name="LIS")
    browser, usual = client_of(clerks[2]), sys.getswitchinterval()
    with whole_country(reason="test"):
        item = demand.items_of(Filing.objects.earliest("pk").project)["P0001"].pk

    with whole_country(reason="test"), transaction.atomic(), connection.cursor() as cursor:
        held(units[0], cursor)
        begun = pool.submit(on_its_own, first.send, LINES, whole_sheet(1))
        wait_for_waiting(cursor)
        assert sys.getswitchinterval() < usual
        waits = pool.submit(on_its_own, second.send, LINES, whole_sheet(2))
        becomes(lambda: turns._places._value, 0)
        refused = pool.submit(on_its_own, third.send, LINES, whole_sheet(3)).result(PATIENCE)
        saved = pool.submit(on_its_own, typed, browser, item, 7).result(PATIENCE)
        small = {"rows": [{"item": "P0001", "planned": 9}]}
        let_by = pool.submit(on_its_own, third.send, LINES, small).result(PATIENCE)
        assert not begun.done()
        assert not waits.done()

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused["Retry-After"] == "5"
    assert (saved.status_code, let_by.json()["saved"]) == (200, 1)
    told = [each.result(PATIENCE).json() for each in (begun, waits)]
    assert [(each["saved"], each["conflicts"]) for each in told] == [(ITEMS, 0), (ITEMS - 1, 1)]
    assert [quantities(unit) for unit in units] == [
        {1: ITEMS}, {2: ITEMS - 1, 9: 1}, {7: 1},
    ]  # fmt: skip
    assert sys.getswitchinterval() == usual


def test_who_waits_too_long_is_sent_away_and_may_come_again(
    units, clerks, program_of, pool, monkeypatch
):
    monkeypatch.setattr(turns, "WAIT", 0.05)
    first, second = (program_of(clerk) for clerk in clerks[:2])
    key = {"Idempotency_Key": "sheet-1"}

    with whole_country(reason="test"), transaction.atomic(), connection.cursor() as cursor:
        held(units[0], cursor)
        begun = pool.submit(on_its_own, first.send, LINES, whole_sheet(1))
        wait_for_waiting(cursor)
        away = pool.submit(on_its_own, second.send, LINES, whole_sheet(2), **key).result(PATIENCE)

    assert away.status_code == 503
    assert begun.result(PATIENCE).json()["saved"] == ITEMS
    again = second.send(LINES, whole_sheet(2), **key)
    assert (again.status_code, again.json()["saved"]) == (200, ITEMS)
    assert "Idempotent-Replayed" not in again


def test_a_program_and_a_person_never_overwrite_one_another(
    units, clerks, program_of, client_of, pool
):
    program, browser = program_of(clerks[0]), client_of(clerks[0])
    with whole_country(reason="test"):
        items = demand.items_of(Filing.objects.earliest("pk").project)

    for place in range(1, 9):
        code, start = f"P{place:04d}", Barrier(2)

        def at_once(act, *told, start=start):
            start.wait(PATIENCE)
            return on_its_own(act, *told)

        row = {"rows": [{"item": code, "planned": 1, "version": 0}]}
        sent = pool.submit(at_once, program.send, LINES, row)
        written = pool.submit(at_once, typed, browser, items[code].pk, 2)
        told, page = sent.result(PATIENCE).json(), written.result(PATIENCE).json()

        assert told["conflicts"] + len(page["conflicts"]) == 1
    assert quantities(units[0]).total() == 8


def test_one_key_at_the_same_moment_writes_once(units, clerks, program_of, pool):
    program, start = program_of(clerks[0]), Barrier(3)

    def same():
        start.wait(PATIENCE)
        return on_its_own(program.send, LINES, whole_sheet(5), Idempotency_Key="once")

    answers = [each.result(PATIENCE) for each in [pool.submit(same) for _ in range(3)]]

    good = [each.json() for each in answers if each.status_code == 200]
    assert good
    assert all(each == good[0] for each in good)
    assert {each.status_code for each in answers} <= {200, 409, 503}
    with whole_country(reason="test"):
        rows = DemandLine.objects.filter(filing__organization=units[0])
        assert set(rows.values_list("planned", "version")) == {(5, 1)}
