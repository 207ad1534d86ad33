"""What an act on a published project would do, before it is done: sums, tables and what follows in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from apps.ui import formats


class Figure(NamedTuple):
    """One sum; `tone` where it deserves a second look."""

    label: str
    value: int
    unit: str
    tone: str = ""


class Head(NamedTuple):
    """A column; `kind` is "" for words, "num" for figures, "old" and "new" for what is replaced and by what."""

    title: str
    kind: str = ""


class Cell(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True)
class PreviewTable:
    """The first value of a row names it. `total`: words over all columns but the last, and its sum."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str | int | Decimal | None]]
    note: str = ""
    total: tuple[str, Decimal] | None = None
    notes: Sequence[str] = ()
    empty: str = ""

    @property
    def cells(self) -> list[list[Cell]]:
        return [
            [Cell(head.kind, in_words(value)) for head, value in zip(self.heads, row, strict=True)]
            for row in self.rows
        ]

    @property
    def total_words(self) -> str:
        return formats.yuan(self.total[1]) if self.total else ""


@dataclass(frozen=True)
class ActPreview:
    """`problems` refuse the act."""

    figures: Sequence[Figure]
    tables: Sequence[PreviewTable]
    problems: Sequence[str] = ()


def in_words(value: str | int | Decimal | None) -> str:
    """Sums of money with their sign, whole numbers with commas."""
    if isinstance(value, Decimal):
        return formats.yuan(value)
    return value if isinstance(value, str) else formats.whole(value)
