"""The cells of a table's rows: whatever is the same for all rows of a column is found once.

Invariant: a cell reads as django-tables2's own `BoundRow.get_cell` has it. That asks for each cell anew what renders
it, which arguments that takes and which field of the model stands behind it: most of the time of a list.
"""

from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature

NOT_THERE = (AttributeError, LookupError, TypeError, ValueError, ObjectDoesNotExist)


class Cells:
    """One column's cells: what stands around each, and how its content is made."""

    __slots__ = ("_accessor", "_readers", "_same", "_wanted", "after", "before", "bound")

    def __init__(self, bound: BoundColumn, before: str, after: str) -> None:
        self.bound, self.before, self.after = bound, before, after
        self._accessor = bound.column.accessor
        self._wanted = _wanted(getattr(bound.render, "__func__", bound.render))
        self._same = {"column": bound.column, "bound_column": bound}
        self._readers: dict[type, Callable[[Any], Any]] = {}

    def html(self, row: BoundRow) -> str:
        """Safe."""
        content = self._content(row)
        inner = content.__html__() if hasattr(content, "__html__") else escape(str(content))
        return f"{self.before}{inner}{self.after}"

    def _content(self, row: BoundRow) -> Any:
        record = row.record
        value = self._value(record)
        if value in self.bound.column.empty_values:
            return self.bound.default
        given = {
            "value": value,
            "record": record,
            "bound_row": row,
            "table": row.table,
            **self._same,
        }
        wanted = self._wanted
        return self.bound.render(
            **(given if wanted is None else {name: given[name] for name in wanted})
        )

    def _value(self, record: Any) -> Any:
        """What the column reads of a record; `None` where it isn't there."""
        kind: Any = type(record)
        read = self._readers.get(kind)
        if read is None:
            read = self._readers[kind] = _reader(kind, self._accessor)
        try:
            return read(record)
        except NOT_THERE:
            return None


@cache
def _wanted(render: Callable[..., Any]) -> tuple[str, ...] | None:
    """The arguments that it takes by name; `None` if all of them."""
    names, takes_all = signature(render)
    return None if takes_all else tuple(name for name in names if name != "self")


@cache
def _reader(kind: type, accessor: Accessor) -> Callable[[Any], Any]:
    """How the accessor reads records of a kind, choices by their words."""
    if not issubclass(kind, Model):
        return accessor.resolve  # type: ignore[no-any-return]
    *path, last = accessor.bits
    words = f"get_{last}_display" if _is_choice(kind, accessor) else ""

    def read(record: Any) -> Any:
        holder = record
        for name in path:
            holder = _step(holder, name)
        if words and hasattr(holder, words):
            return getattr(holder, words)()
        return _step(holder, last)

    return read


def _step(holder: Any, name: str) -> Any:
    """One part of an accessor's path; nothing below nothing."""
    if holder is None:
        return None
    if not isinstance(holder, Model):
        return Accessor(name).resolve(holder)
    value = getattr(holder, name)
    return Accessor(name).resolve(holder) if callable(value) else value


def _is_choice(model: type[Model], accessor: Accessor) -> bool:
    return bool(getattr(accessor.get_field(model), "choices", None))
