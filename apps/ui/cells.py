"""The cells of a table's rows: whatever is the same for all rows of a column is found once.

Invariant: a cell reads as django-tables2's own `BoundRow.get_cell` has it. That asks for each cell anew what renders
it, which arguments that takes and which field of the model stands behind it: most of the time of a list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature

NOT_THERE = (AttributeError, LookupError, TypeError, ValueError, ObjectDoesNotExist)


@dataclass(frozen=True, slots=True)
class Cells:
    """One column's cells: what stands around each, and how its content is made."""

    bound: BoundColumn
    before: str
    after: str

    def html(self, row: BoundRow) -> str:
        """Safe."""
        content = self._content(row)
        inner = content.__html__() if hasattr(content, "__html__") else escape(str(content))
        return f"{self.before}{inner}{self.after}"

    def _content(self, row: BoundRow) -> Any:
        bound, column = self.bound, self.bound.column
        value = _value(row.record, column.accessor)
        if value in column.empty_values:
            return bound.default
        given = {
            "value": value,
            "record": row.record,
            "column": column,
            "bound_column": bound,
            "bound_row": row,
            "table": row.table,
        }
        wanted = _wanted(getattr(bound.render, "__func__", bound.render))
        return bound.render(**(given if wanted is None else {name: given[name] for name in wanted}))


@cache
def _wanted(render: Callable[..., Any]) -> tuple[str, ...] | None:
    """The arguments that it takes by name; `None` if all of them."""
    names, takes_all = signature(render)
    return None if takes_all else tuple(name for name in names if name != "self")


def _value(record: Any, accessor: Accessor) -> Any:
    """What the column reads of a record, a choice by its words; `None` where it isn't there."""
    try:
        if not isinstance(record, Model):
            return accessor.resolve(record)
        *path, last = accessor.bits
        holder = record
        for name in path:
            holder = _step(holder, name)
        if _is_choice(type(record), accessor) and hasattr(holder, f"get_{last}_display"):
            return getattr(holder, f"get_{last}_display")()
        return _step(holder, last)
    except NOT_THERE:
        return None


def _step(holder: Any, name: str) -> Any:
    """One part of an accessor's path; nothing below nothing."""
    if holder is None:
        return None
    if not isinstance(holder, Model):
        return Accessor(name).resolve(holder)
    value = getattr(holder, name)
    return Accessor(name).resolve(holder) if callable(value) else value


@cache
def _is_choice(model: type[Model], accessor: Accessor) -> bool:
    return bool(getattr(accessor.get_field(model), "choices", None))
