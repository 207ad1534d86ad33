"""The scope of the running request, job or command: which rows its queries may see.

Invariant: a query on a scoped model without a scope raises `ScopeNotSet`; there is no default.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from .sandbox import Sandbox, current_sandbox, within

T = TypeVar("T")


class ScopeNotSet(RuntimeError):
    """A query ran on a scoped model although nobody said whose rows it may see."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query may see: subtrees, the rows of one enterprise, or everything.

    `enterprise_within` is the place of whoever issued the enterprise's account: of the enterprise's rows it shows those
    that stand there; `None` is the country. `project_ids` narrows to named projects (an empty set shows none); `None`
    does not narrow. `lent`: it belongs to another unit, whose filing in these projects is filled in for it; what hangs
    on no project stays that unit's own.
    """

    paths: tuple[str, ...] = ()
    enterprise_id: int | None = None
    enterprise_within: str | None = None
    project_ids: frozenset[int] | None = None
    reason: str = ""
    everything: bool = False
    lent: bool = False


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """The scope in force. Raises `ScopeNotSet` if there is none."""
    scope = _current.get()
    if scope is None:
        raise ScopeNotSet("No scope is set: open one with enter() or whole_country().")
    return scope


def scope_in_force() -> Scope | None:
    """The same, or nothing: for whoever passes it on (`cursors`)."""
    return _current.get()


@contextmanager
def enter(scope: Scope) -> Generator[Scope, None, None]:
    """Run the block within `scope`, then return to what was in force before."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


@contextmanager
def outside() -> Generator[None, None, None]:
    """Run the block without any scope, whatever was in force: its queries on scoped models raise."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def whole_country(*, reason: str) -> Generator[Scope, None, None]:
    """Run the block without limits. For commands, the admin and login; `reason` says why."""
    if not reason:
        raise ValueError("whole_country() needs a reason.")
    with enter(Scope(reason=reason, everything=True)) as scope:
        yield scope


def carry_scope(items: Iterable[T]) -> Iterator[T]:
    """Iterate lazily (a streamed response, say) within the scope and the sandbox in force at the call."""
    return _carried(iter(items), current_scope(), current_sandbox())


def _carried(items: Iterator[T], scope: Scope, sandbox: Sandbox | None) -> Iterator[T]:
    while True:
        with within(sandbox), enter(scope):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item
