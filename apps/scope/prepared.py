"""Querysets compiled once and run with other values: for the few reads that every request or every save makes.

Invariant: a prepared query sees exactly the rows that its queryset sees in the scope in force. The compiled
text is kept for each shape of scope; the scope's paths are filled in when it runs, like every other value.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models import BooleanField, Expression, Field, Func
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.signals import post_init, pre_init

from .context import Scope, current_scope, enter
from .cursors import quoted
from .database import Ask, send
from .paths import ancestors, subtree_bounds
from .sql import plain_select

T = TypeVar("T")
COMPARISONS = ("> ", ">= ", "< ", "= ")
MARK = "\x00"
"""Stands in no text of the database: PostgreSQL has no such character."""


class Parameter(Expression):
    """A value that is given when the query runs."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [_Given(self.name)]


class Among(Func):
    """`Among(F("item_id"), items)`: a column has one of the values of a list that is given when the query runs."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field: Any = BooleanField()


@dataclass(frozen=True, slots=True)
class _Given:
    name: str


@dataclass(frozen=True)
class _Compiled:
    """A queryset with the compiler that has done its work, and the text it came to."""

    rows: "models.QuerySet[Any]"
    compiler: Any
    sql: str
    params: tuple[Any, ...]

    @cached_property
    def converters(self) -> Any:
        """How columns become values; they hang on the fields alone."""
        compiler = self.compiler
        return compiler.get_converters(
            [column[0] for column in compiler.select[: compiler.col_count]]
        )

    @cached_property
    def is_composite(self) -> bool:
        compiler = self.compiler
        fields = [each[0] for each in compiler.select[: compiler.col_count]]
        return bool(compiler.has_composite_fields(fields))

    @cached_property
    def models(self) -> "_Models | None":
        """How rows become models, where they do no more than that."""
        rows: Any = self.rows
        is_plain = rows._iterable_class is ModelIterable and not rows._known_related_objects  # noqa: SLF001
        return _Models.of(self.compiler) if is_plain and not self.is_composite else None


@dataclass(frozen=True, slots=True)
class _Models:
    """What `ModelIterable` finds out anew each time: which columns make the model, and the ones beside it."""

    model: type[models.Model]
    names: Sequence[str]
    columns: slice
    beside: Sequence[Any]
    annotations: Mapping[str, int]
    is_plain: bool

    @classmethod
    def of(cls, compiler: Any) -> "_Models":
        chosen, about = compiler.select, compiler.klass_info
        fields = about["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        names = [column[0].target.attname for column in chosen[columns]]
        return cls(
            about["model"],
            names,
            columns,
            get_related_populators(about, chosen, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
            compiler.annotation_col_map or {},
            _is_plain(about["model"], names),
        )

    def made(self, row: Sequence[Any]) -> Any:
        if self.is_plain:
            made = _filled_in(self.model, self.names, row[self.columns])
        else:
            made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for other in self.beside:
            other.populate(row, made)
        for name, place in self.annotations.items():
            setattr(made, name, row[place])
        return made


def _is_plain(model: type[models.Model], names: Sequence[str]) -> bool:
    """Whether an instance is its columns and nothing else: all of them, and nobody has a say in how it is made."""
    own: Any = model
    usual: Any = models.Model
    return (
        own.__init__ is usual.__init__
        and own.from_db.__func__ is usual.from_db.__func__
        and not pre_init.has_listeners(model)
        and not post_init.has_listeners(model)
        and set(names) == {field.attname for field in model._meta.concrete_fields}
    )


def _filled_in(model: type[models.Model], names: Sequence[str], values: Sequence[Any]) -> Any:
    """What `from_db` makes of them, without asking the model field by field."""
    made: Any = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True))
    made._state = state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return made


class _Question(Ask[list[T]]):
    """A prepared query with its values."""

    def __init__(self, compiled: _Compiled, values: dict[str, Any]) -> None:
        super().__init__(compiled.sql, tuple(_filled(param, values) for param in compiled.params))
        self._compiled = compiled

    def read(self, cursor: Any) -> list[T]:
        return list(_read(self._compiled, cursor.fetchall()))


class Prepared(Generic[T]):
    """`Prepared(build, pk=BigAutoField())` calls `build(pk=…)` for the queryset; `prepared(pk=5)` gives its rows.

    Values are used as they are: hand in what the column holds. Scopes of an enterprise or of named projects are
    rare and compiled anew. Raises `TypeError` for a queryset whose text depends on more of the scope than its
    paths' places, and `ScopeNotSet` as every scoped query does.

    `stand_ins` are for what is built elsewhere, of plain values: those that stand in the built queryset for the
    named ones. They must be values that no queryset has of its own.
    """

    def __init__(
        self,
        build: Callable[..., "models.QuerySet[Any]"],
        stand_ins: Mapping[Any, str] | None = None,
        **parameters: "Field[Any, Any]",
    ) -> None:
        self._build = build
        self._stand_ins = stand_ins or {}
        self._parameters = {name: Parameter(name, field) for name, field in parameters.items()}
        self._compiled: dict[tuple[int, ...] | None, _Compiled] = {}

    def __call__(self, **values: Any) -> list[T]:
        question = self.ask(**values)
        send(question)
        return question.answer

    def ask(self, **values: Any) -> Ask[list[T]]:
        """The same, to be sent together with others."""
        scope = current_scope()
        compiled = self._for(scope)
        if compiled.rows.query.select_for_update and connection.get_autocommit():
            raise transaction.TransactionManagementError(
                "A locking query runs within a transaction."
            )
        return _Question(compiled, {**_places(scope), **values})

    def first(self, **values: Any) -> T | None:
        """The first row, if there is one."""
        return next(iter(self(**values)), None)

    def _for(self, scope: Scope) -> _Compiled:
        if scope.enterprise_id is not None or scope.project_ids is not None:
            return self._compile(scope, lambda param: param)
        if scope.everything:
            return self._kept(None, scope)
        shape = tuple(path.count("/") for path in scope.paths)
        return self._kept(shape, Scope(paths=_marked(shape), reason="prepared"))

    def _kept(self, shape: tuple[int, ...] | None, scope: Scope) -> _Compiled:
        if shape not in self._compiled:
            compiled = self._compile(scope, lambda param: _slot(param, scope))
            text, params = _spelled_out(compiled.sql, compiled.params)
            self._compiled[shape] = replace(compiled, sql=text, params=params)
        return self._compiled[shape]

    def _compile(self, scope: Scope, slot: Callable[[Any], Any]) -> _Compiled:
        with enter(scope):
            rows = self._build(**self._parameters)
            compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        # FOR UPDATE compiles within a transaction only: the caller's, if there is one. The server hears nothing of
        # a marked scope: what begins and ends an own transaction is sent outside of it.
        lone = rows.query.select_for_update and not connection.in_atomic_block
        with transaction.atomic() if lone else nullcontext(), enter(scope):
            sql, params = compiler.as_sql()
        named = (self._named(param) for param in params)
        return _Compiled(rows, compiler, plain_select(sql), tuple(slot(param) for param in named))

    def _named(self, param: Any) -> Any:
        """What stands for a value that is given when the query runs; all others as they are."""
        if isinstance(param, list):
            return [self._named(value) for value in param]
        is_one = isinstance(param, (str, int)) and param in self._stand_ins
        return _Given(self._stand_ins[param]) if is_one else param


def _marked(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Paths of the same depths that no row has."""
    return tuple(
        "/" + "/".join([f"{MARK}{number}"] * (slashes - 1)) + "/"
        for number, slashes in enumerate(shape)
    )


def _places(scope: Scope) -> dict[str, str]:
    """What queries know of the scope's paths: the bounds of their subtrees, and what stands above them."""
    places = {}
    for number, path in enumerate(scope.paths):
        places[f"low{number}"], places[f"high{number}"] = subtree_bounds(path)
        for depth, above in enumerate(ancestors(path)):
            places[f"above{number}.{depth}"] = above
    return places


def _slot(param: Any, marked: Scope) -> Any:
    """What a compiled parameter becomes: a slot to fill, a list of such, or itself."""
    if isinstance(param, list):
        return [_slot(value, marked) for value in param]
    names = {place: name for name, place in _places(marked).items()}
    if isinstance(param, str) and MARK in param:
        if param not in names:
            raise TypeError(
                "This queryset looks at more of the scope than the places of its paths."
            )
        return _Given(names[param])
    return param


def _spelled_out(text: str, params: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Constants that a column is compared with stand in the text: a plan that is kept knows no other value.

    Without them it can't tell that a partial index fits, and reads thousands of rows for the few that it holds.
    """
    first, *others = text.split("%s")
    if "%%" in text:
        return text, params
    written, kept = first, []
    for param, piece in zip(params, others, strict=True):
        if _is_constant(param) and written.endswith(COMPARISONS):
            literal = quoted(str(param)) if isinstance(param, str) else f"{int(param)}"
            written += f"{literal}{piece}"
        else:
            kept.append(param)
            written += f"%s{piece}"
    return written, tuple(kept)


def _is_constant(param: Any) -> bool:
    if isinstance(param, str):
        return "%" not in param
    return isinstance(param, int) and not isinstance(param, bool)


def _filled(param: Any, values: dict[str, Any]) -> Any:
    if isinstance(param, list):
        return [_filled(value, values) for value in param]
    return values[param.name] if isinstance(param, _Given) else param


def _read(compiled: _Compiled, answered: list[Any]) -> Iterable[Any]:
    """What the queryset makes of these rows."""
    if compiled.models is not None:
        return map(compiled.models.made, _converted(compiled, answered))
    query: Any = copy.copy(compiled.rows.query)
    compiler = copy.copy(compiled.compiler)
    compiler.connection = connection
    if compiler.has_extra_select:
        answered = [row[: compiler.col_count] for row in answered]
    compiler.execute_sql = lambda *_args, **_kwargs: [answered]
    compiler.get_converters = lambda _fields: compiled.converters
    compiler.has_composite_fields = lambda _fields: compiled.is_composite
    query.get_compiler = lambda *_args, **_kwargs: compiler
    return _with_query(compiled.rows, query)


def _converted(compiled: _Compiled, answered: list[Any]) -> Iterable[Any]:
    if not compiled.converters:
        return answered
    compiler = copy.copy(compiled.compiler)
    compiler.connection = connection
    converted: Iterable[Any] = compiler.apply_converters(answered, compiled.converters)
    return converted


def _with_query(rows: "models.QuerySet[Any]", query: Any) -> Iterable[Any]:
    """The rows of a queryset that stays as it is; its own means of copying would run or rebuild it."""
    shallow: Any = rows.__class__.__new__(rows.__class__)
    shallow.__dict__ = {**rows.__dict__, "_query": query}
    iterated: Iterable[Any] = shallow._iterable_class(shallow)  # noqa: SLF001
    return iterated
