"""Which server statements go to: the primary, or a standby that shows what was written there (`REPLICA_URL`).

Invariants: one alias in a context variable, asked by Django's router and by the door to SQL alike. Whatever writes goes
to the primary, and whoever opens a transaction there reads there as well until it ends: what an act goes by is never
older than what it locks. Without `REPLICA_URL` nobody reads elsewhere, and nothing more is asked of anybody.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

STANDBY = "replica"
elsewhere: ContextVar[int | None] = ContextVar("reading", default=None)
"""How many transactions were open on the primary when reading elsewhere began; nothing where that isn't done."""


def alias() -> str:
    """The name of the connection that reads."""
    depth = elsewhere.get()
    return DEFAULT_DB_ALIAS if depth is None or _transactions() > depth else STANDBY


@contextmanager
def from_standby() -> Generator[None, None, None]:
    """The block's reads go to the standby (`standby.read_standby` also minds what fails there)."""
    token = elsewhere.set(_transactions())
    try:
        yield
    finally:
        elsewhere.reset(token)


@contextmanager
def one_transaction() -> Generator[None, None, None]:
    """The block's reads are one transaction, wherever they go: cursors that the server keeps need one."""
    with transaction.atomic(using=alias()):
        yield


def give_up_standby() -> None:
    """The next read of this thread asks for a new connection."""
    connections[STANDBY].close()


def _transactions() -> int:
    return len(connections[DEFAULT_DB_ALIAS].atomic_blocks)


class Router:
    """Django's side of it; one database by two names, so that rows of either may refer to one another."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
