"""Cursors that tell the server whose rows may be seen, on the way with the statement that needs it first.

Invariants: no statement that names a table with a policy runs under another scope than that of whoever sends it, for
a connection remembers what it told last and says so again when that changed, or may have been rolled back. Without a
scope nothing is told, and the policies (`policies`) show no rows; a statement that names such a table is not sent at
all, for nobody shall add up rows that he was not shown: `ScopeNotSet`. Telling costs no trip of its own, but before a
COPY, a cursor that the server keeps, and what can't travel with another statement.

Where names are looked up is told the same way, before any statement: in a sandbox (`sandbox`) among its own tables
alone. A connection that was never in one is never told where.

They also count how long a request waits for the database (`clock`), and say which statement took long.

What is told lasts for the session. Behind a pool that gives sessions out by transaction (`DATABASE_POOLED`) it lasts
for the transaction; outside of one, for the statement that it is sent with, and what can't be sent so (COPY) raises.
"""

import logging
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from os.path import commonpath
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import ProgrammingError, pq, sql

from .context import Scope, ScopeNotSet, scope_in_force
from .paths import ROOT
from .sandbox import REAL, room

bound_tables: Callable[[], Iterable[str]] = tuple
"""Names of the tables whose rows hang on a scope; told by the app once models are known."""
Told = tuple[str, str, str]
"""The path that rows lie at or below; the enterprise that they belong to, and where it sees them."""
UNKNOWN = "?"
"""The room of a connection where what was told may have been rolled back."""
Words = tuple[tuple[str, str], ...]
"""Settings, each with its value."""
COUNTRY = "/"
"""Every path begins with it. Who stands at the root is told the same: everybody is below."""
SETTINGS = ("fenliang.scope", "fenliang.enterprise", "fenliang.within")
TELL = "SELECT set_config(%s, %s, %s)"
NOTHING: Told = ("", "", "")
_Usual: Any = base.Cursor
_Bound: Any = base.ServerBindingCursor
_Kept: Any = base.ServerSideCursor
"""Their types know nothing of psycopg's cursors, which they are."""
_FRESH: tuple[Scope | None, Told | None] = (None, NOTHING)
_FORGOTTEN: tuple[object, None] = (object(), None)
_ALONE = re.compile(
    r"\s*(?:VACUUM|(?:CREATE|DROP|ALTER)\s+(?:DATABASE|TABLESPACE|SYSTEM))\b|.*\bCONCURRENTLY\b",
    re.DOTALL | re.IGNORECASE,
)
"""What runs in no transaction, and so beside no other statement."""
_HIDES = re.compile(r'\bU&"|\A\s*(?:DO|CALL|EXECUTE|FETCH|MOVE)\b', re.IGNORECASE)
"""What may ask a table that it doesn't name in plain letters: nobody knows, so it is told as if it did."""
_ADDS = re.compile(r'\s*INSERT\s+INTO\s+"?\w+"?', re.IGNORECASE)


SLOW = 1.0
"""Seconds from which on a statement of a request is told in the log, with the request's id."""
LONGEST_TEXT = 500
logger = logging.getLogger(__name__)


class Clock:
    """What a request has spent so far, in seconds: at the database, and drawing templates, which may ask it."""

    __slots__ = ("server", "statements", "template", "waits")

    def __init__(self) -> None:
        self.server, self.template, self.statements, self.waits = 0.0, 0.0, 0, False


clock: ContextVar[Clock | None] = ContextVar("clock", default=None)
"""Of the request at work; nothing in jobs and commands."""


class _Waiting:
    """Its block waits for the server; what waits within it is the same waiting."""

    __slots__ = ("_began", "_clock", "_query")

    def __init__(self, query: Any) -> None:
        self._query = query

    def __enter__(self) -> None:
        running = clock.get()
        self._clock = None if running is None or running.waits else running
        if self._clock is not None:
            self._clock.waits = True
            self._began = time.perf_counter()

    def __exit__(self, *_raised: object) -> None:
        if self._clock is None:
            return
        seconds = time.perf_counter() - self._began
        self._clock.waits = False
        self._clock.server += seconds
        self._clock.statements += 1
        if seconds >= SLOW:
            said = {"seconds": round(seconds, 2), "statement": str(self._query)[:LONGEST_TEXT]}
            logger.warning("slow_statement", extra=said)


def told_of(scope: Scope | None) -> Told:
    """What the server is told of a scope. Projects are left to the managers (`project_ids`)."""
    if scope is None:
        return NOTHING
    if scope.everything or ROOT in scope.paths:
        return COUNTRY, "", ""
    enterprise = "" if scope.enterprise_id is None else str(scope.enterprise_id)
    return holding(scope.paths), enterprise, scope.enterprise_within or ""


def quoted(text: str) -> str:
    """As a literal of the language."""
    return sql.quote(text)


def holding(paths: Sequence[str]) -> str:
    """The smallest subtree that holds all of these; the managers tell them apart."""
    return f"{commonpath(paths).rstrip('/')}/" if paths else ""


def forget(raw: Any) -> None:
    """What was told may have been rolled back: say it again before the next statement."""
    if raw is not None:
        raw.fenliang_told = _FORGOTTEN
        if "fenliang_room" in raw.__dict__:
            raw.fenliang_room = UNKNOWN


@contextmanager
def pipelined(raw: Any) -> Generator[None, None, None]:
    """The pipeline of psycopg. Outside a transaction its statements are one, so a failure takes back what was told."""
    try:
        with _Waiting("several together"), raw.pipeline():
            yield
    except BaseException:
        forget(raw)
        raise


def _due(raw: Any, query: Any = None) -> Told | None:
    """What has to be told before this statement; nothing in a transaction that failed, which takes no more."""
    scope = scope_in_force()
    if scope is None and query is not None and not settings.DATABASE_OWNED:
        _require_none(_text(raw, query))
    known, told = _known(raw)
    strays = _strays(raw)
    if known is scope and not strays:
        return None
    wanted = told_of(scope)
    if told == wanted and not strays:
        raw.fenliang_told = (scope, wanted)
        return None
    if query is not None and not strays and not _is_bound(_text(raw, query)):
        return None
    failed = raw.pgconn.transaction_status == pq.TransactionStatus.INERROR
    return None if failed else wanted


def _known(raw: Any) -> Any:
    """Under which scope something was told last, and what; nothing behind a pool outside a transaction."""
    if settings.DATABASE_POOLED and raw.autocommit:
        return _FORGOTTEN
    return raw.__dict__.get("fenliang_told", _FRESH)


def _strays(raw: Any) -> bool:
    """Whether the server looks names up elsewhere than in the room in force."""
    if settings.DATABASE_POOLED and raw.autocommit:
        return room.get() != REAL
    return bool(raw.__dict__.get("fenliang_room", REAL) != room.get())


def _text(raw: Any, query: Any) -> str:
    return query if isinstance(query, str) else sql.as_string(query, raw)


@lru_cache(maxsize=1_000)
def _is_bound(text: str) -> bool:
    """Whether it names a table with a policy. Triggers and references are the owner's, whatever they look at."""
    return (_bound_tables().search(text) or _HIDES.search(text)) is not None


@lru_cache(maxsize=1_000)
def _require_none(text: str) -> None:
    """That the statement asks no table whose rows hang on a scope. Raises `ScopeNotSet`.

    Where it only adds rows, the policy answers by itself: it refuses, or lets them be written by whoever it is.
    """
    if found := _bound_tables().search(_ADDS.sub("", text)):
        raise ScopeNotSet(
            f"{found[0]} shows no rows without a scope: open one with enter() or whole_country()."
        )


@cache
def _bound_tables() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(bound_tables())})\b", re.IGNORECASE)


def _note(raw: Any, told: Told) -> None:
    raw.fenliang_told = (scope_in_force(), told)
    if room.get() != REAL or "fenliang_room" in raw.__dict__:
        raw.fenliang_room = room.get()


def _go_ahead(raw: Any, told: Told) -> None:
    """Tell it by a statement of its own; in a pipeline that is no trip."""
    words, path = _words(raw, told), _path_due(raw)
    forget(raw)
    if path:
        _Bound(raw).execute(_spoken((), path, pooled=settings.DATABASE_POOLED))
    for word in words:
        _Bound(raw).execute(TELL, (*word, settings.DATABASE_POOLED))
    _note(raw, told)


def _path_due(raw: Any) -> str:
    """Where names are to be looked up; nothing where the server does so already."""
    if not _strays(raw):
        return ""
    schema = room.get()
    return "DEFAULT" if schema == REAL else f"{schema}, pg_catalog"


def _words(raw: Any, told: Told) -> Words:
    """What is to be said of it: what differs from what the server knows, all where that is forgotten."""
    known = _known(raw)[1] or (None,) * len(SETTINGS)
    pairs = zip(SETTINGS, told, known, strict=True)
    return tuple((name, value) for name, value, before in pairs if value != before)


@lru_cache(maxsize=1_000)
def _spoken(words: Words, path: str, *, pooled: bool) -> str:
    """What stands in front of a statement: nothing that reads, which SET TRANSACTION would not come after."""
    said = "SET LOCAL" if pooled else "SET"
    values = [f"{name} TO {sql.quote(value)}" for name, value in words]
    return "".join(
        f"{said} {what}; " for what in [*([f"search_path TO {path}"] if path else []), *values]
    )


class Cursor(_Usual):
    """Django's usual one: values stand in the text, and what is told in front of it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        with _Waiting(query):
            return self._executed(query, params, **options)

    def _executed(self, query: Any, params: Any, **options: Any) -> Any:
        raw: Any = self.connection
        told = _due(raw, query)
        if told is None:
            return super().execute(query, params, **options)
        query = _text(raw, query)
        if raw.pgconn.pipeline_status or _ALONE.match(query):
            _go_ahead(raw, told)
            return super().execute(query, params, **options)
        words, path = _words(raw, told), _path_due(raw)
        spoken = _spoken(words, path, pooled=settings.DATABASE_POOLED)
        if params is not None:
            spoken = spoken.replace("%", "%%")
        forget(raw)
        super().execute(f"{spoken}{query}", params, **options)
        for _ in range(len(words) + bool(path)):
            self.nextset()
        _note(raw, told)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        _tell(self.connection, query)
        super().executemany(query, params_seq, returning=returning)

    @contextmanager
    def copy(self, statement: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        _tell(self.connection, statement)
        with super().copy(statement, *arguments, **options) as copy:
            yield copy

    def stream(self, query: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        _tell(self.connection, query)
        yield from super().stream(query, *arguments, **options)


class ServerBindingCursor(_Bound):
    """Values are bound by the server; what is told goes ahead in the same trip."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        with _Waiting(query):
            return self._executed(query, params, **options)

    def _executed(self, query: Any, params: Any, **options: Any) -> Any:
        raw: Any = self.connection
        told = _due(raw, query)
        if told is None:
            return super().execute(query, params, **options)
        if raw.pgconn.pipeline_status:
            _go_ahead(raw, told)
            return super().execute(query, params, **options)
        with pipelined(raw):
            _go_ahead(raw, told)
            super().execute(query, params, **options)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        _tell(self.connection, query)
        super().executemany(query, params_seq, returning=returning)


class PreparingCursor(ServerBindingCursor):
    """For what comes again: prepared at once. The driver waits for the third time; the server plans until then."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{"prepare": True, **options})


class UnpreparedCursor(ServerBindingCursor):
    """For what is logged as it stands: the driver forgets the text of what it has prepared."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": False})


class ServerSideCursor(_Kept):
    """One that the server keeps: what it shows follows from what is told when it is first read."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        _tell(self.connection, query)
        return super().execute(query, params, **options)

    def fetchone(self) -> Any:
        _tell(self.connection)
        with _Waiting("the next row"):
            return super().fetchone()

    def fetchmany(self, size: int = 0) -> Any:
        _tell(self.connection)
        with _Waiting("the next rows"):
            return super().fetchmany(size)

    def fetchall(self) -> Any:
        _tell(self.connection)
        with _Waiting("the next rows"):
            return super().fetchall()


def _tell(raw: Any, query: Any = None) -> None:
    if (told := _due(raw, query)) is not None:
        if settings.DATABASE_POOLED and raw.autocommit:
            raise ProgrammingError("Behind a pool by transactions this needs a transaction.")
        _go_ahead(raw, told)
