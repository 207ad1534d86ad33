"""Which faults pass, as a real server and a real line make them."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from apps.organizations.models import Division
from apps.scope.database import Rows, Touched, rows, run, send, send_last
from apps.scope.passing import give_up_connection, is_busy, passes
from tests.cutting import Line, line_to
from tests.running import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
RENAME = "UPDATE organizations_division SET name = %(name)s WHERE code = '420100'"
SLOW = "SELECT pg_sleep(0)"


@pytest.fixture
def line(tree: Any) -> Iterator[Line]:
    """Django's connection goes over a line that can be cut."""
    at = connection.settings_dict
    connection.close()
    before = at["HOST"], at["PORT"]
    with line_to(connection) as line:
        at["HOST"], at["PORT"] = "127.0.0.1", line.port
        yield line
        connection.close()
        at["HOST"], at["PORT"] = before


def name() -> str:
    return Division.objects.get(code="420100").name


def rename() -> None:
    with transaction.atomic():
        send(Rows(SLOW, {}), Touched(RENAME, {"name": "新名"}))
        send_last(Touched(RENAME, {"name": "新新名"}), Rows(SLOW, {}))


@pytest.mark.parametrize("heard", [True, False])
def test_a_line_that_is_cut_at_the_commit_is_one_fault_that_passes(line: Line, heard: bool) -> None:
    before = name()
    line.cut_at(b"COMMIT", passes_it_on=heard)

    with pytest.raises(DatabaseError) as fault:
        rename()

    assert passes(fault.value)
    give_up_connection()
    assert name() == ("新新名" if heard else before)


@pytest.mark.parametrize("words", [b"pg_sleep", b"BEGIN"])
def test_a_line_that_is_cut_earlier_passes_as_well(line: Line, words: bytes) -> None:
    name()
    line.cut_at(words, passes_it_on=False)

    with pytest.raises(DatabaseError) as fault:
        rename()

    assert passes(fault.value)


def test_a_server_that_is_not_there_passes(line: Line) -> None:
    line.go_away()

    with pytest.raises(DatabaseError) as fault:
        name()

    assert passes(fault.value)
    line.come_back()
    give_up_connection()
    assert name()


def rename_after(statement: str, values: Any = None) -> None:
    """In a transaction in which something happened before."""
    with transaction.atomic():
        rows(SLOW)
        with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
            (other if values else connection.connection).execute(statement, values)
        send_last(Touched(RENAME, {"name": "新名"}))


def test_a_session_that_is_ended_under_a_transaction_passes(tree: Any) -> None:
    pid = rows("SELECT pg_backend_pid()")[0]

    with pytest.raises(DatabaseError) as fault:
        rename_after("SELECT pg_terminate_backend(%s, 5000)", pid)

    assert passes(fault.value)


def test_a_server_that_takes_no_writes_yet_passes(tree: Any) -> None:
    with pytest.raises(DatabaseError) as fault:
        rename_after("SET TRANSACTION READ ONLY")

    assert passes(fault.value)


def test_a_lock_that_is_not_to_be_had_passes(tree: Any) -> None:
    with psycopg.connect(connection.connection.info.dsn) as other:
        other.execute("SELECT 1 FROM organizations_division WHERE code = '420100' FOR UPDATE")
        with pytest.raises(DatabaseError) as fault:
            rename_after("SET LOCAL lock_timeout = 50")

    assert passes(fault.value)
    assert is_busy(fault.value)


def test_what_is_wrong_stays_wrong(tree: Any) -> None:
    with pytest.raises(ProgrammingError) as missing:
        rows("SELECT 1 FROM nothing")
    with pytest.raises(IntegrityError) as twice, as_owner():
        run("INSERT INTO organizations_division SELECT * FROM organizations_division")

    assert not passes(missing.value)
    assert not passes(twice.value)
    assert not passes(ValueError("x"))
    assert not passes(None)
