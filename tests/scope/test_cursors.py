"""The server always knows the scope of whoever sends a statement, and is told it on the way."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from apps.review.models import Filing
from apps.scope import cursors
from apps.scope.context import Scope, carry_scope, enter, whole_country
from apps.scope.cursors import COUNTRY, NOTHING, holding, told_of
from apps.scope.database import Rows, copied_out, one_trip, planned_rows, rows, send
from apps.scope.sql import snapshot
from tests.review.planting import planted
from tests.running import bare, no_scope_no_rows

TOLD = """
    SELECT COALESCE(current_setting('fenliang.scope', TRUE), ''),
        COALESCE(current_setting('fenliang.enterprise', TRUE), '')
    /* review_filing */
"""
"""Names a table with a policy, so that it has to be told."""
FAILS = "SELECT 1 / 0 /* review_filing */"
HUBEI, SHANXI = Scope(paths=("/0/42/",), reason="湖北"), Scope(paths=("/0/14/",), reason="山西")
pytestmark = pytest.mark.django_db


@pytest.fixture
def filing_of_both(tree) -> None:
    with whole_country(reason="test"):
        planted([tree["H42010600001"], tree["H14010500001"]])


def told() -> tuple[str, str]:
    (found,) = rows(TOLD)
    return found[0], found[1]


@pytest.fixture
def trips(monkeypatch) -> list[str]:
    """One entry for each statement that goes ahead of another, by itself."""
    seen: list[str] = []
    alone = cursors._go_ahead
    monkeypatch.setattr(cursors, "_go_ahead", lambda *given: (seen.append("ahead"), alone(*given)))
    return seen


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (None, NOTHING),
        (Scope(reason="nobody"), NOTHING),
        (HUBEI, ("/0/42/", "", "")),
        (Scope(paths=("/0/42/", "/0/14/")), ("/0/", "", "")),
        (Scope(paths=("/0/42/4201/", "/0/42/4202/")), ("/0/42/", "", "")),
        (Scope(paths=("/0/",), reason="联采办"), (COUNTRY, "", "")),
        (Scope(everything=True, reason="job"), (COUNTRY, "", "")),
        (Scope(enterprise_id=7), ("", "7", "")),
        (Scope(enterprise_id=7, enterprise_within="/0/14/"), ("", "7", "/0/14/")),
    ],
)
def test_what_is_told_of_a_scope(scope, expected):
    assert told_of(scope) == expected


def test_several_subtrees_are_held_by_what_is_above_them():
    assert holding(()) == ""
    assert holding(("/0/42/420100/", "/0/42/420106/")) == "/0/42/"


def test_every_way_of_asking_is_told():
    ask = Rows(TOLD, ())
    with enter(HUBEI):
        send(ask)
        assert ask.answer == [("/0/42/", "")]
        with enter(SHANXI):
            assert planned_rows(TOLD, ()) == [("/0/14/", "")]
        assert told() == ("/0/42/", "")
        both = Rows(TOLD, ()), Rows(TOLD, ())
        with enter(SHANXI):
            send(*both)
        assert [each.answer for each in both] == [[("/0/14/", "")]] * 2
        with transaction.atomic():
            assert b"/0/42/" in b"".join(copied_out(TOLD, ()))
    with enter(Scope(enterprise_id=7)):
        assert told() == ("", "7")
    with no_scope_no_rows():
        assert bare(TOLD) == [("", "")]


def test_within_one_trip_it_is_told_too():
    with enter(HUBEI):
        told()
    with enter(SHANXI), one_trip(), connection.cursor() as cursor:
        cursor.execute(TOLD)
        found = cursor.fetchall()
    assert found == [("/0/14/", "")]


def test_it_is_said_once_and_takes_no_trip(trips):
    with enter(HUBEI), CaptureQueriesContext(connection) as statements:
        for _ in range(3):
            told()
    assert len(statements) == 3
    assert trips == []


def test_it_is_told_only_where_a_policy_asks():
    with enter(HUBEI):
        told()
    with enter(SHANXI):
        rows("SELECT count(*) FROM accounts_user")
        assert rows("SELECT current_setting('fenliang.scope')") == [("/0/42/",)]
        rows("SELECT count(*) FROM review_filing")
        assert rows("SELECT current_setting('fenliang.scope')") == [("/0/14/",)]


def test_values_and_percent_signs_stay_what_they_are():
    with enter(Scope(paths=("/a '%s' ; \\ --/",))):
        assert rows("SELECT %s || '%%' /* review_filing */", ["100%"]) == [("100%%",)]
        assert told() == ("/a '%s' ; \\ --/", "")
    with enter(Scope(paths=("/100%/",))):
        assert rows("SELECT current_setting('fenliang.scope') || '%' /* review_filing */") == [
            ("/100%/%",)
        ]


def test_what_is_rolled_back_is_told_again():
    with enter(SHANXI):
        told()
    with enter(HUBEI):
        with transaction.atomic():
            told()
            transaction.set_rollback(True)
        assert told() == ("/0/42/", "")


def test_a_scope_left_within_a_failed_transaction_does_not_stay():
    with enter(SHANXI):
        told()
        with pytest.raises(DatabaseError), transaction.atomic(), enter(HUBEI):
            rows(FAILS)
        assert told() == ("/0/14/", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "fail",
    [
        lambda: rows(FAILS),
        lambda: send(Rows(FAILS, ())),
        lambda: send(Rows(TOLD, ()), Rows(FAILS, ())),
    ],
    ids=["as text", "bound", "together"],
)
def test_a_statement_that_fails_outside_a_transaction_takes_back_what_it_was_told(fail):
    with whole_country(reason="test"):
        told()
    with enter(HUBEI):
        with pytest.raises(DatabaseError):
            fail()
        assert told() == ("/0/42/", "")


STAYS = "SELECT current_setting('fenliang.scope', TRUE)"


@pytest.mark.django_db(transaction=True)
@override_settings(DATABASE_POOLED=True)
def test_behind_a_pool_by_transactions_nothing_stays_on_the_session():
    """Each statement outside a transaction is told with it, each transaction once."""
    connection.close()
    ask, both = Rows(TOLD, ()), (Rows(TOLD, ()), Rows(TOLD, ()))
    with enter(HUBEI):
        assert told() == ("/0/42/", "")
        assert rows(STAYS) == [("",)]
        send(ask)
        assert ask.answer == [("/0/42/", "")]
        assert planned_rows(TOLD, ()) == [("/0/42/", "")]
        send(*both)
        assert [each.answer for each in both] == [[("/0/42/", "")]] * 2
        assert rows(STAYS) == [("",)]
        with transaction.atomic():
            assert told() == ("/0/42/", "")
            assert rows(STAYS) == [("/0/42/",)]
        with transaction.atomic():
            send(*both)
            assert [each.answer for each in both] == [[("/0/42/", "")]] * 2
            with enter(SHANXI):
                assert told() == ("/0/14/", "")
            assert told() == ("/0/42/", "")
        assert rows(STAYS) == [("",)]
        with pytest.raises(psycopg.ProgrammingError, match="needs a transaction"):
            list(copied_out(TOLD, ()))
        with transaction.atomic():
            assert b"/0/42/" in b"".join(copied_out(TOLD, ()))
        with snapshot():
            assert told() == ("/0/42/", "")


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_may_begin_with_it():
    with enter(HUBEI), snapshot():
        assert told() == ("/0/42/", "")


@pytest.mark.django_db(transaction=True)
def test_another_connection_is_told_anew():
    with enter(HUBEI):
        told()
        connection.close()
        assert told() == ("/0/42/", "")


@pytest.mark.django_db(transaction=True)
def test_a_thread_keeps_its_connection_and_nobody_s_scope():
    def within(scope: Scope) -> tuple[str, str]:
        with enter(scope):
            return told()

    with ThreadPoolExecutor(max_workers=1) as one:
        asked = [(within, HUBEI), (bare, TOLD), (within, SHANXI), (bare, TOLD)]
        answers = [one.submit(*each).result() for each in asked]
        one.submit(connections.close_all).result()

    assert answers == [("/0/42/", ""), [("", "")], ("/0/14/", ""), [("", "")]]


def test_rows_that_come_lazily_keep_their_scope(filing_of_both):
    with enter(HUBEI):
        lazily = carry_scope(Filing.objects.order_by("path").iterator(chunk_size=1))
    with enter(SHANXI):
        told()
        paths = [filing.path for filing in lazily]
    assert paths
    assert all(path.startswith("/0/42/") for path in paths)
