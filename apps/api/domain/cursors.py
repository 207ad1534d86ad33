"""Pages of a list by cursor: what comes after the last row that was shown, in an order that no change disturbs.

Invariant: rows that are added or changed between two pages neither repeat a row nor leave one out that was there.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

MOST = 500
USUAL = 100
T = TypeVar("T")


class CursorUnreadable(ValueError):
    """No cursor of ours; `str()` is the sentence."""

    def __init__(self) -> None:
        super().__init__("cursor 无法识别，请从第一页重新取。")


def cursor_of(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_in(cursor: str) -> str:
    """Raises `CursorUnreadable`."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Error, ValueError):
        raise CursorUnreadable from None


def page_of_rows(
    rows: Sequence[T], key: Callable[[T], str], cursor: str, limit: int
) -> tuple[list[T], str | None]:
    """Of rows at hand, in the order of their keys, which are unique."""
    after = key_in(cursor) if cursor else ""
    left = sorted((row for row in rows if key(row) > after), key=key)
    shown = left[:limit]
    return shown, cursor_of(key(shown[-1])) if len(left) > limit else None


def page_of_query(rows: QuerySet[Any], cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """Of a query, in the order of primary keys; one statement."""
    if cursor:
        key = key_in(cursor)
        if not key.isdecimal() or len(key) > 18:  # noqa: PLR2004 digits of a big integer
            raise CursorUnreadable
        rows = rows.filter(pk__gt=int(key))
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    return shown, cursor_of(str(shown[-1].pk)) if len(found) > limit else None
