"""Changing records as the owner of the database could: with every trigger off."""

from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

from tests.running import as_owner


def tamper(*statements: str, **values: Any) -> None:
    """Execute as a superuser whom no trigger and no key stops; in a test's transaction it ends with the statements."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def verified() -> str:
    """What `verify_audit` complains about, a line each; empty if it finds nothing."""
    complaints = StringIO()
    try:
        call_command("verify_audit", stdout=StringIO(), stderr=complaints, no_color=True)
    except CommandError:
        assert complaints.getvalue()
    else:
        assert not complaints.getvalue()
    return complaints.getvalue()
