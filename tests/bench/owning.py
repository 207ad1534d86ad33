"""Synthetic rows are written as `manage.py` would: by the owner of the tables. What is measured runs as the runner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import environ
from django.db import connection


@contextmanager
def owning() -> Iterator[None]:
    """The block's connection is the owner's, where there is another one than the runner. Not within a transaction."""
    if not (url := os.environ.get("DATABASE_OWNER_URL")):
        yield
        return
    roles = connection.settings_dict, environ.Env.db_url_config(url)
    as_runner, as_owner = ({name: role[name] for name in ("USER", "PASSWORD")} for role in roles)
    _be(as_owner)
    try:
        yield
    finally:
        _be(as_runner)


def _be(role: dict[str, str]) -> None:
    connection.close()
    connection.settings_dict.update(role)
