"""What a backup reads of the database as a whole, whoever's rows they are, and what the server has counted."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Model
from psycopg import sql
from psycopg.conninfo import make_conninfo

from apps.scope.database import rows, run

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
)
DIGEST = (
    "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {table} t"
)
WRITTEN = """
    SELECT coalesce(sum(n_tup_ins + n_tup_upd), 0) FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND relname = ANY(%s)
"""

CONNECTION = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
BY_ITS_OWN_NAME = ("host", "port", "target_session_attrs", "ssl")
"""How options begin that PostgreSQL's programs take as they are."""


def see_one_moment() -> str:
    """The transaction sees what was committed until now; returns the name by which others see the same."""
    run(ONE_MOMENT)
    return str(rows("SELECT pg_export_snapshot()")[0][0])


def digests() -> dict[str, list[str | int]]:
    """By table the number of its rows and a sum over what they say, which no order changes."""
    return {
        name: list(rows(sql.SQL(DIGEST).format(table=sql.Identifier(name)))[0])
        for (name,) in rows(TABLES)
    }


def columns() -> set[tuple[str, str]]:
    """Table and name of each that there is: a new version backs up what the one before it has left."""
    return {(table, name) for table, name in rows(COLUMNS)}


def written(models: Iterable[type[Model]]) -> float:
    """How many rows of theirs were written since the server began to count; one that takes over begins anew."""
    return float(rows(WRITTEN, [[model._meta.db_table for model in models]])[0][0])


def address() -> str:
    """The database of this process as PostgreSQL's programs take it; the password goes another way."""
    database = settings.DATABASES["default"]
    given = {ours: database[name] for name, ours in CONNECTION.items() if database.get(name)}
    options = database["OPTIONS"].items()
    return make_conninfo(**given, **{k: v for k, v in options if k.startswith(BY_ITS_OWN_NAME)})
