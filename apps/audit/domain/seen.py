"""What somebody saw when they changed something.

Invariant: a change made on the ground of values that no longer hold is not written; the service asks `require_seen`
under the lock of the row that it is about to write.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.audit.models import LogEntry

Marks = Mapping[str, str]


class ChangedMeanwhile(Exception):
    """Somebody was quicker by the moment between the check of a page and the lock; nothing was written."""

    def __init__(self) -> None:
        super().__init__("这条内容刚刚已被他人修改，没有保存。请返回上一页刷新后核对，再重新提交。")


@dataclass(frozen=True, slots=True)
class Seen:
    """Marks of the values that a page was made with, and how to take the marks of a row as it is now."""

    marks: Marks
    read: Callable[[Any], Marks]


def require_seen(seen: Seen | None, row: Any) -> None:
    """Raises `ChangedMeanwhile` if the locked row shows other values. `None`: no page stands behind the act."""
    if seen is not None and seen.read(row) != seen.marks:
        raise ChangedMeanwhile


def last_told(trail: Mapping[str, Any]) -> LogEntry | None:
    """The latest entry of the log that fits the lookups: who changed something last, and when."""
    if not trail:
        return None
    entries = LogEntry.objects.filter(**trail)
    latest: LogEntry | None = entries.order_by("-at", "-id").first()
    return latest
