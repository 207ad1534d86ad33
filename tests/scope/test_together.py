"""Statements sent together run in order, each seeing what the one before it did, and fail as one."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import BigAutoField
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Division, Organization
from apps.scope.context import Scope, enter, whole_country
from apps.scope.prepared import Prepared
from apps.scope.together import Rows, Touched, send

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
