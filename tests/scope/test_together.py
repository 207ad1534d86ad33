"""Statements sent together run in order, each seeing what the one before it did, and fail as one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import BigAutoField
from django.test.utils import CaptureQueriesContext

from apps.audit.models import LogEntry
from apps.organizations.models import Division, Organization
from apps.scope.context import Scope, enter, whole_country
from apps.scope.database import Rows, Touched, one_trip, send, send_last
from apps.scope.prepared import Prepared
from apps.scope.sql import Insert, Update, Upsert

RENAME = "UPDATE organizations_division SET name = %(name)s WHERE code = %(code)s"
NAME = "SELECT name FROM organizations_division WHERE code = %(code)s"
TWICE = """
    INSERT INTO organizations_division (code, name, level) SELECT code, name, level FROM organizations_division
    WHERE code = %(code)s
"""


def asks(name: str = "新名") -> tuple[Rows, Touched, Rows]:
    which = {"code": "420100", "name": name}
    return Rows(NAME, which), Touched(RENAME, which), Rows(NAME, which)


def test_each_sees_what_the_one_before_it_did(tree):
    before, renamed, after = asks()

    send(before, renamed, after)

    assert (before.answer, renamed.answer, after.answer) == ([("武汉市",)], 1, [("新名",)])


def test_they_take_one_trip(tree, monkeypatch):
    trips: list[str] = []
    raw: Any = connection.connection
    entered = type(raw).pipeline
    monkeypatch.setattr(type(raw), "pipeline", lambda self: trips.append("one") or entered(self))

    send(*asks())

    assert trips == ["one"]


def test_each_counts_as_a_statement(tree):
    with CaptureQueriesContext(connection) as statements:
        send(*asks())

    assert len(statements) == 3


def test_one_that_fails_fails_all_as_django_would(tree):
    _, renamed, after = asks()

    with pytest.raises(IntegrityError), transaction.atomic():
        send(renamed, Touched(TWICE, {"code": "420100"}), after)

    assert Division.objects.get(code="420100").name == "武汉市"
    with pytest.raises(LookupError):
        assert after.answer


def test_a_wrapper_sees_them_one_by_one(tree):
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(f"SELECT 1; {sql}" if "UPDATE" in sql else sql, params, many, context)

    before, renamed, after = asks()
    with connection.execute_wrapper(watch):
        send(before, renamed, after)

    assert seen == [NAME, RENAME, NAME]
    assert after.answer == [("新名",)]


def test_a_prepared_query_is_asked_with_others_in_its_scope(tree):
    prepared: Prepared[Organization] = Prepared(
        lambda pk: Organization.objects.filter(pk=pk).select_related("division"), pk=BigAutoField()
    )
    with whole_country(reason="test"):
        wuhan = Organization.objects.get(code="420100")
        taiyuan = Organization.objects.get(code="140100")

    with enter(Scope(paths=("/0/42/",))):
        own, foreign = prepared.ask(pk=wuhan.pk), prepared.ask(pk=taiyuan.pk)
        send(own, foreign, Rows(NAME, {"code": "420100"}))

    assert own.answer == [wuhan]
    assert own.answer[0].division.name == "武汉市"
    assert foreign.answer == []


def test_an_upsert_takes_over_what_is_there(tree):
    rows = [
        Division(code="420100", name="江城", level="city", parent_id="420000"),
        Division(code="420199", name="新区", level="county", parent_id="420100"),
    ]

    send(Upsert(rows, unique=["code"], update=["name"]))

    names = Division.objects.filter(code__startswith="4201", parent__isnull=False)
    assert dict(names.filter(code__in=["420100", "420199"]).values_list("code", "name")) == {
        "420100": "江城",
        "420199": "新区",
    }


@pytest.mark.parametrize("names", [["新区"], ["新区", "新区"], ["新区", "老区"]])
def test_plain_records_are_written_like_models(tree, names):
    """What all rows share is sent once; rows that share everything are as many as they were."""
    rows = [LogRecord(sentence=name) for name in names]

    send(Insert(rows, model=LogEntry))

    with whole_country(reason="test"):
        found = LogEntry.objects.filter(actor_name="某人").order_by("pk")
        assert [(each.sentence, each.verb, each.at is None) for each in found] == [
            (name, "查", False) for name in names
        ]


@dataclass
class LogRecord:
    sentence: str
    actor_id: int | None = None
    actor_name: str = "某人"
    organization_name: str = ""
    on_behalf_of: str = ""
    path: str = "/0/"
    enterprise_id: int | None = None
    project_code: str = ""
    verb: str = "查"
    object: str = "物"
    request_id: str = ""
    address: str = ""
    at: datetime | None = None


def test_keys_and_times_of_new_rows_are_given(tree):
    entry = LogEntry(actor_name="某人", path="/0/", verb="查", object="物", sentence="句")

    send(Insert([entry, entry]))

    with whole_country(reason="test"):
        found = LogEntry.objects.filter(actor_name="某人")
        assert [(each.sentence, each.enterprise_id, each.at is None) for each in found] == [
            ("句", None, False),
            ("句", None, False),
        ]


def test_what_is_not_known_yet_within_a_trip_is_no_answer(tree):
    inside = Touched(RENAME, {"code": "420100", "name": "新名"})
    with one_trip():
        send(inside)

        with pytest.raises(LookupError):
            assert inside.answer


def test_an_update_writes_values_and_counts(tree):
    unit = tree["H42010600001"]
    rows = [unit.pk, tree["420106"].pk]
    with whole_country(reason="test"):
        send(Update(Organization, [unit.pk], {"name": "新名", "parent_id": tree["420202"].pk}))
        both = Update(Organization, rows, {"is_active": False})
        send(both)
        unit.refresh_from_db()

    assert (unit.name, unit.parent_id, unit.is_active, both.answer) == (
        "新名",
        tree["420202"].pk,
        False,
        2,
    )


def seen_by_others(code: str) -> list[tuple[str]]:
    """What a session of its own finds committed."""
    raw: Any = connection.connection
    with psycopg.connect(raw.info.dsn, password=raw.info.password) as other:
        return other.execute(NAME, {"code": code}).fetchall()


@pytest.mark.django_db(transaction=True)
def test_the_last_statements_are_committed_with_them(tree):
    _, renamed, _ = asks()

    with transaction.atomic():
        send_last(renamed)
        assert seen_by_others("420100") == [("新名",)]
    with transaction.atomic(), transaction.atomic():
        send_last(Touched(RENAME, {"code": "420100", "name": "再改"}))
        assert seen_by_others("420100") == [("新名",)]
    assert seen_by_others("420100") == [("再改",)]


@pytest.mark.django_db(transaction=True)
def test_where_the_last_statements_fail_nothing_is_committed(tree):
    with pytest.raises(IntegrityError), transaction.atomic():
        send_last(asks()[1], Touched(TWICE, {"code": "420100"}))

    assert seen_by_others("420100") == [("武汉市",)]
