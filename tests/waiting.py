"""Waiting, with an end, for what other sessions and processes do."""

import time
from collections.abc import Callable
from typing import Any

import pytest

# Seconds: far more than anything takes on a busy machine, far less than the run may take.
PATIENCE = 60.0

LOCKS_HERE = """
    (SELECT * FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS here
"""
"""Locks of this database: `pg_locks` shows all; databases of one template have tables of one number."""


def wait_until(reached: Callable[[], bool], complaint: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > end:
            pytest.fail(complaint())
        time.sleep(0.05)


def becomes(asked: Callable[[], Any], wanted: Any) -> None:
    """Wait until it answers this; what it says at last stands in the complaint."""
    wait_until(lambda: asked() == wanted, lambda: f"{asked()!r}, not {wanted!r}")


def wait_for_waiting(cursor: Any, number: int = 1) -> None:
    """Until so many others wait for what the cursor's transaction has written.

    Asks `pg_locks`, which is live: `pg_stat_activity` stays as it was when a transaction first looked at it.
    """
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"

    def reached() -> bool:
        cursor.execute(waiting)
        return bool(cursor.fetchone() == (number,))

    wait_until(reached, lambda: f"not {number} waited")
