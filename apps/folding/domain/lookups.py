"""`name__says="国药控股(湖北)"`: the one way in which a list is searched by text.

Invariant: both sides are folded. A model that keeps a folded twin of a column (`folded_field`) is searched there.
"""

from typing import Any

from django.db.models import Func, GeneratedField, Lookup, TextField
from django.db.models.expressions import Col

from .folding import folded

PREFIX = "folded_"


class Folded(Func):
    """The database's `folded(text)`."""

    function = "folded"
    arity = 1


def folded_field(column: str) -> GeneratedField:
    """The folded twin of a column, kept by the database; it is named `folded_` and the column."""
    return GeneratedField(
        expression=Folded(column), output_field=TextField(db_collation="C"), db_persist=True
    )


class FoldedLookup(Lookup):
    """Both sides folded."""

    condition: str

    def get_prep_lookup(self) -> str:
        return folded(str(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        twin = _twin(self.lhs)
        left, params = compiler.compile(twin or self.lhs)
        text = left if twin else f"folded({left})"
        return self.condition.format(text), [*params, self.rhs]


class Says(FoldedLookup):
    """Contains what is asked for."""

    lookup_name = "says"
    condition = "strpos({}, %s) > 0"


class Means(FoldedLookup):
    """Is the same as what is asked for."""

    lookup_name = "means"
    condition = "{} = %s"


def _twin(column: Any) -> Col | None:
    """The folded column beside the one asked about."""
    if not isinstance(column, Col):
        return None
    fields = column.target.model._meta.concrete_fields
    wanted = PREFIX + column.target.name
    return next((Col(column.alias, field) for field in fields if field.name == wanted), None)
