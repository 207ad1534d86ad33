"""`INSERT … SELECT`: as many rows as a query finds, in one statement; keys that are named before there are rows.

Invariant: the rows come from a queryset, so the scope has narrowed them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from apps.scope.database import rows as rows_of
from apps.scope.database import run

NEXT_ID = "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"


def next_id(model: type[Model]) -> int:
    """A key that nothing else will have."""
    ((pk,),) = rows_of(NEXT_ID, [model._meta.db_table])
    return int(pk)


def insert_select(target: type[Model], fields: Sequence[str], rows: QuerySet[Any, Any]) -> int:
    """Insert `rows`, a `values_list` in the order of `fields`; those that exist already are skipped.

    Returns the number inserted.
    """
    quote = connection.ops.quote_name
    named = {field.name: str(field.column) for field in target._meta.concrete_fields}
    columns = ", ".join(quote(named[name]) for name in fields)
    select, params = rows.order_by().query.sql_with_params()
    insert = (
        f"INSERT INTO {quote(target._meta.db_table)} ({columns}) {select} ON CONFLICT DO NOTHING"
    )
    return run(insert, params)
