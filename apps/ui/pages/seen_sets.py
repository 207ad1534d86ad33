"""“全部符合条件的 N 条” as a set: a stamp of the rows that a page counted, and whether they are still the same.

Invariant: a bulk act on everything that matches touches the rows that were counted when its page was made, or none.
Rows that came later are left out; if one of those that were counted left, or another of old came in, it is refused,
and so is an act that doesn't say which rows were counted.
The stamp takes no statement of its own: count, highest key and two sums of keys come with the count of the pager.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, Max, QuerySet, Sum

FIELD = "seen_set"
PARTS = 4
LONGEST = 40
"""Digits of a part."""
SUMS: Mapping[str, Any] = {
    "stamp_count": Count("pk"),
    "stamp_top": Max("pk"),
    "stamp_total": Sum("pk"),
    "stamp_squares": Sum(F("pk") * F("pk")),
}
"""What an aggregate needs for a stamp, beside whatever else it asks."""


class SetMoved(Exception):
    """The rows that match are others than those that were counted, or nobody said which; nothing was done."""

    def __init__(self, before: "Stamp | None", now: "Stamp") -> None:
        counts = "有变化"
        if before is None:
            counts = "是否有变化无法核对（提交的内容里没有页面的记录数）"
        elif before.count != now.count:
            counts = f"由 {before.count:,} 条变为 {now.count:,} 条"
        super().__init__(f"您打开页面之后，符合条件的记录{counts}，没有执行。请核对后重新选择。")


@dataclass(frozen=True, slots=True)
class Stamp:
    """How many rows, their highest key, the sums of the keys and of their squares."""

    count: int
    top: int
    total: int
    squares: int

    def __str__(self) -> str:
        return f"{self.count}.{self.top}.{self.total}.{self.squares}"

    def __add__(self, other: "Stamp") -> "Stamp":
        """Of both sets, which have no row in common."""
        return Stamp(
            self.count + other.count,
            max(self.top, other.top),
            self.total + other.total,
            self.squares + other.squares,
        )

    @classmethod
    def of_keys(cls, keys: Iterable[int]) -> "Stamp":
        """Of rows that are at hand."""
        known = list(keys)
        return cls(len(known), max(known, default=0), sum(known), sum(key * key for key in known))

    @classmethod
    def of(cls, sums: Mapping[str, Any]) -> "Stamp":
        """From an aggregate with `SUMS`."""
        return cls(*(int(sums[name] or 0) for name in SUMS))

    @classmethod
    def read(cls, text: str) -> "Stamp | None":
        parts = text.split(".")
        if len(parts) != PARTS or not all(
            p.isascii() and p.isdigit() and len(p) <= LONGEST for p in parts
        ):
            return None
        return cls(*map(int, parts))


def stamp_of(rows: QuerySet[Any]) -> Stamp:
    """One statement. Rows are counted by their key; a model without a numeric one is only counted."""
    if not isinstance(rows.model._meta.pk, IntegerField):
        return Stamp(rows.count(), 0, 0, 0)
    return Stamp.of(rows.aggregate(**SUMS))


def seen_rows(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows of the stamp among those that match now. Raises `SetMoved`, also without a stamp."""
    seen = Stamp.read(text)
    kept = rows.filter(pk__lte=seen.top) if seen and seen.top else rows
    require_same(text, stamp_of(kept.order_by()))
    return kept


def require_same(text: str, now: Stamp) -> None:
    """For sets of more than one kind of row. Raises `SetMoved`."""
    seen = Stamp.read(text)
    if now != seen:
        raise SetMoved(seen, now)
