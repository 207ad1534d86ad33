"""A database of its own for each bench: a copy of the one it is given, dropped afterwards, however the bench ended.

So a bench commits what people would commit and leaves the database as it found it. Nobody else may be connected to the
one that is copied; its owner must be allowed to create databases.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

BESIDE = "postgres"
"""The database of every server that one stands in while others are made and dropped."""
COPY_OF_FILES = 150000
"""From this version on a copy may be made file by file, which large ones are faster by."""
RUNNER, OWNER = "DATABASE_URL", "DATABASE_OWNER_URL"


def database_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def moved(url: str, database: str) -> str:
    """The same address of another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def addresses(environment: Mapping[str, str], database: str) -> dict[str, str]:
    """Runner's and owner's, where there is another one, of that database."""
    return {
        name: moved(environment[name], database)
        for name in (RUNNER, OWNER)
        if environment.get(name)
    }


@contextmanager
def in_copy(environment: Mapping[str, str], name: str) -> Iterator[dict[str, str]]:
    """The environment with a copy of its database, which is named after it. One that a killed run left goes first."""
    source = database_of(environment[RUNNER])
    copy = f"{source}_{name}"
    drop(environment, copy)
    try:
        make_copy(environment, copy)
        yield {**environment, **addresses(environment, copy)}
    finally:
        drop(environment, copy)


def make_copy(environment: Mapping[str, str], copy: str) -> None:
    """Raises `psycopg.Error`, in which it stands if somebody else is connected."""
    with _beside(environment) as connection:
        names = {
            "copy": sql.Identifier(copy),
            "source": sql.Identifier(database_of(environment[RUNNER])),
        }
        how = " STRATEGY file_copy" if connection.info.server_version >= COPY_OF_FILES else ""
        making = sql.SQL("CREATE DATABASE {copy} TEMPLATE {source}").format(**names)
        connection.execute(making + sql.SQL(how))


def exists(environment: Mapping[str, str], database: str) -> bool:
    with _beside(environment) as connection:
        asked = "SELECT FROM pg_database WHERE datname = %s"
        return connection.execute(asked, [database]).rowcount > 0


def drop(environment: Mapping[str, str], database: str) -> None:
    with _beside(environment) as connection:
        dropping = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(dropping.format(sql.Identifier(database)))


@contextmanager
def _beside(environment: Mapping[str, str]) -> Iterator[psycopg.Connection]:
    owner = environment.get(OWNER) or environment[RUNNER]
    with psycopg.connect(moved(owner, BESIDE), autocommit=True) as connection:
        yield connection
