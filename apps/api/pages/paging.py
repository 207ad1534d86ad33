"""What every list takes and answers."""

from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import AwareDatetime

from apps.api.domain.cursors import MOST, USUAL

Cursor = Annotated[str, Query("", max_length=200, description="上一页的 next；第一页不传。")]
Limit = Annotated[int, Query(USUAL, ge=1, le=MOST, description="每页最多几条。")]
Since = Annotated[
    AwareDatetime | None,
    Query(None, description="只取这一刻之后改过的，带时区，如 2026-11-30T08:00:00+08:00。"),
]


class Page(Schema):
    """`next` is null on the last page."""

    next: str | None


def page(rows: list[Any], following: str | None) -> dict[str, Any]:
    return {"items": rows, "next": following}
