"""Statements that follow from a model alone: what every app may send without writing SQL of its own.

Invariant: rows are named by their keys, which the caller has found within the scope.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from .database import QUICKLY, Touched, run

Records = Sequence[Any] | Mapping[str, Sequence[Any]]
"""Rows with attributes, or columns by attribute."""


class Insert(Touched):
    """New rows of one model; keys that the database gives are not read back.

    A column that has one value in all rows is sent once, not as an array of it. Where `model` is named, rows are plain
    records of its fields' values, or its columns by attribute, each with a value for every row or the one of all:
    making models of them takes longer than sending them.
    """

    def __init__(self, rows: Records, *, model: type[models.Model] | None = None) -> None:
        of = _model_of(rows, model)
        fields = _written(of)
        if isinstance(rows, Mapping):
            given = [rows[field.attname] for field in fields]
        else:
            given = [_read(field, rows) for field in fields]
        columns = [_values(field, values) for field, values in zip(fields, given, strict=True)]
        count = max(map(len, given))
        if count > 1 and all(len(column) == 1 for column in columns):
            columns[0] *= count
        varies = tuple(len(column) > 1 for column in columns)
        once = [column[0] for column in columns if len(column) == 1]
        many = [_listed(f, c) for f, c in zip(fields, columns, strict=True) if len(c) > 1]
        super().__init__(_insert(of, varies), [*once, *many])


class Alike(Touched):
    """New rows of `model` like the record `row`, one for each of `values`, which are those of its field `named`."""

    def __init__(
        self, row: Any, *, model: type[models.Model], named: str, values: Sequence[Any]
    ) -> None:
        fields = _written(model)
        varies = tuple(field.attname == named for field in fields)
        once = [
            _values(field, _read(field, [row]))[0]
            for field, v in zip(fields, varies, strict=True)
            if not v
        ]
        super().__init__(_insert(model, varies), [*once, list(values)])


class Upsert(Insert):
    """The same; rows whose `unique` fields are there already take over the values of `update`."""

    def __init__(
        self,
        rows: Records,
        *,
        unique: Sequence[str],
        update: Sequence[str],
        model: type[models.Model] | None = None,
    ) -> None:
        super().__init__(rows, model=model)
        of = _model_of(rows, model)
        self.sql += _taken_over(of, tuple(unique), tuple(update))


class Update(Touched):
    """New values in rows of one model that the caller has found within the scope; those `counted` go up by one.

    `values` by field name, keys of other rows by the column's (`submitted_by_id`).
    """

    def __init__(
        self,
        model: type[models.Model],
        pks: Sequence[Any],
        values: Mapping[str, Any],
        *,
        counted: Sequence[str] = (),
    ) -> None:
        sql, fields = _update(model, tuple(values), tuple(counted))
        database = connections[DEFAULT_DB_ALIAS]
        written = [
            field.get_db_prep_save(value, database)
            for field, value in zip(fields, values.values(), strict=True)
        ]
        if len(pks) == 1:
            # For a list of unknown length the server would make a new plan each time.
            super().__init__(f"{sql} = %s", [*written, pks[0]])
        else:
            super().__init__(f"{sql} = ANY(%s)", [*written, list(pks)])


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    """Whether a row's value is what is written: no time of its own making, no file to be stored."""
    if isinstance(field, models.DateField | models.TimeField):
        return not (field.auto_now or field.auto_now_add)
    return type(field).pre_save is models.Field.pre_save


def _model_of(rows: Any, named: type[models.Model] | None) -> type[models.Model]:
    of: type[models.Model] = named or type(rows[0])
    return of


def _column(field: Any) -> str:
    return str(field.column)


@cache
def _written(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [
        field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
    ]


def _read(field: "models.Field[Any, Any]", rows: Sequence[Any]) -> list[Any]:
    read = attrgetter(field.attname) if _is_plain(field) else partial(field.pre_save, add=True)
    return list(map(read, rows))


def _values(field: "models.Field[Any, Any]", values: Sequence[Any]) -> list[Any]:
    """As the database takes them, one for each row; a single one if it is that of all."""
    if len(values) > 1 and values.count(values[0]) < len(values):
        if _is_number(field):
            return list(values)
        some = values
    else:
        some = values[:1]
    database = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(value, database) for value in some]


def _is_number(field: "models.Field[Any, Any]") -> bool:
    """Whether its values are whole numbers, keys or truths."""
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(of, (models.IntegerField, models.BooleanField))


def _listed(field: "models.Field[Any, Any]", values: list[Any]) -> Any:
    """An array of them; of numbers its text, which is written at once where the driver goes value by value."""
    if not _is_number(field):
        return values
    return f"{{{','.join('NULL' if value is None else f'{value:d}' for value in values)}}}"


@cache
def _taken_over(model: type[models.Model], unique: tuple[str, ...], update: tuple[str, ...]) -> str:
    field_of = model._meta.get_field
    target = ", ".join(f'"{_column(field_of(name))}"' for name in unique)
    taken = [_column(field_of(name)) for name in update]
    values = ", ".join(f'"{column}" = EXCLUDED."{column}"' for column in taken)
    return f" ON CONFLICT ({target}) DO UPDATE SET {values}"


@cache
def _insert(model: type[models.Model], varies: tuple[bool, ...]) -> str:
    """`varies`: the columns that come as arrays, behind the values of the others."""
    fields = _written(model)
    once = {
        f.column: f"%s::{f.db_type(connection)}"
        for f, v in zip(fields, varies, strict=True)
        if not v
    }
    arrays = {f.column: f"%s::{f.db_type(connection)}[]" for f in fields if f.column not in once}
    columns = ", ".join(f'"{field.column}"' for field in fields)
    taken = ", ".join(once.get(field.column, f'given."{field.column}"') for field in fields)
    names = ", ".join(f'"{column}"' for column in arrays)
    source = f"FROM unnest({', '.join(arrays.values())}) AS given ({names})" if arrays else ""
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {taken} {source}'


@cache
def _update(
    model: type[models.Model], names: tuple[str, ...], counted: tuple[str, ...]
) -> tuple[str, list[Any]]:
    """The statement but for the keys, and the fields of its values."""
    meta = model._meta
    by_name = {field.attname: field for field in meta.concrete_fields}
    fields = [by_name.get(name) or meta.get_field(name) for name in names]
    given = [f'"{_column(field)}" = %s' for field in fields]
    columns = [_column(by_name[name]) for name in counted]
    raised = [f'"{column}" = "{column}" + 1' for column in columns]
    sets = ", ".join([*given, *raised])
    return f'UPDATE "{meta.db_table}" SET {sets} WHERE "{_column(meta.pk)}"', fields  # noqa: S608


def freshen(*tables: type[models.Model] | str) -> None:
    """After many rows were written: count on what is there now (models, or names of temporary tables).

    Until the server looks by itself, a minute later at best and never within a transaction, its planner takes the
    tables for as empty as they were, and compares each of millions of rows with each of another table.
    A table that is looked at by another session at this moment is left to that.
    """
    names = [table if isinstance(table, str) else table._meta.db_table for table in tables]
    run(f"ANALYZE (SKIP_LOCKED) {', '.join(map(connection.ops.quote_name, names))}")


@contextmanager
def snapshot() -> Iterator[None]:
    """Every statement of the block reads what stood at its beginning; nothing is written. Not within a transaction."""
    with transaction.atomic(durable=True):
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        run(QUICKLY)
        yield


def plain_select(sql: str) -> str:
    """The text of a queryset as one plain SELECT, which that of a union is not."""
    return f"SELECT * FROM ({sql}) AS rows" if sql.startswith("(") else sql  # noqa: S608 - a queryset's own
