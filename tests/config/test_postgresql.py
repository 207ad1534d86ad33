"""A kept connection that the server has ended is noticed before the next request, without asking the server."""

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept():
    """The connection as a new request finds it."""
    connection.ensure_connection()
    connection.health_check_enabled, connection.health_check_done = True, False
    yield connection.connection
    connection.health_check_enabled = False


def test_a_standing_connection_is_not_asked(kept):
    before = kept.info.backend_pid
    address = {"conninfo": kept.info.dsn, "password": kept.info.password}
    with psycopg.connect(**address, autocommit=True) as other:
        last = "SELECT query_start FROM pg_stat_activity WHERE pid = %s"
        began = other.execute(last, [before]).fetchone()
        connection.close_if_health_check_failed()
        assert other.execute(last, [before]).fetchone() == began

    assert connection.connection is kept


def test_an_ended_connection_is_replaced(kept):
    with psycopg.connect(kept.info.dsn, password=kept.info.password) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.info.backend_pid])

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection is not kept


@pytest.mark.django_db
def test_no_test_waits_for_ever():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("2min", "5min")
