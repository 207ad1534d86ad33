"""After every `migrate`: the runner has its rights, and triggers run as the owner.

Invariant: whatever migrations made or replaced, no trigger of theirs is left that its sender could blind.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from . import sql


@transaction.atomic
def apply(**_signal: Any) -> None:
    """Raises `ImproperlyConfigured` for a runner that owns the tables or may do more than it should."""
    sql.let_triggers_see()
    if settings.DATABASE_RUNNER:
        _admit(settings.DATABASE_RUNNER["USER"], settings.DATABASE_RUNNER["PASSWORD"])


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
