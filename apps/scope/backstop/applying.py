"""After every `migrate`: the runner has its rights, triggers see every row, policies are what the code says.

Invariant: whatever migrations made or replaced, no trigger of theirs is left that a policy could blind. Policies are
set before anybody is let in. The owner, who migrates, is not bound by them.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from . import sql
from .policies import policies


@transaction.atomic
def apply(**_signal: Any) -> None:
    """Raises `ImproperlyConfigured` for a runner that owns the tables or may do more than it should."""
    sql.let_triggers_see()
    _set_policies()
    if settings.DATABASE_RUNNER:
        _admit(settings.DATABASE_RUNNER["USER"], settings.DATABASE_RUNNER["PASSWORD"])


def _set_policies() -> None:
    """A table is locked only where its policy is not what it should be."""
    wanted = {table: policy.texts() for table, policy in policies().items()}
    standing = sql.standing_policies(list(wanted))
    for table, (on, _mark) in standing.items():
        if on and table not in wanted:
            sql.take_policy(table)
    for table, (seen, written) in wanted.items():
        mark = hashlib.sha256(f"{seen}\0{written}".encode()).hexdigest()
        if table in standing and standing[table] != (True, mark):
            sql.set_policy(table, seen, written, mark)


def _admit(runner: str, password: str) -> None:
    rights = sql.role_of(runner)
    if rights is None:
        sql.make_role(runner, password)
    elif any(rights):
        raise ImproperlyConfigured(
            f"DATABASE_URL names the role {runner}, which owns the tables or may create roles or databases or see"
            " past row security. Name another one: `migrate` makes it if there is none."
        )
    sql.grant(runner)
