"""Every cell that an import would change, in words: told while it is checked, kept beside the upload, listed.

Invariant: however many there are, only their packed text is in memory. The digest is of what they say, so that an
import writes what was shown.
"""

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any

from apps.exchange.files.columns import Column, Kind
from apps.exchange.files.readings import Row
from apps.folding.domain.folding import is_said

EMPTY = "空"
QUICK, GZIP = 1, 31  # zlib: level, and the container that `gzip` reads
TOGETHER = 500  # lines that are packed at a time


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: sheet, row as Excel counts, what the row is about, column; what is there and what it would become."""

    sheet: str
    row: int
    about: str
    column: str
    old: str
    new: str


class Changes:
    """The changes of one check, in the order in which they were told."""

    def __init__(self) -> None:
        self.columns: Counter[tuple[str, str]] = Counter()
        self._packer = zlib.compressobj(QUICK, wbits=GZIP)
        self._packed: list[bytes] = []
        self._lines: list[bytes] = []
        self._digest = hashlib.sha256()

    def tell(self, row: Row, key: str, old: object, new: object) -> None:
        column = row.sheet.column(key)
        about = " · ".join(str(part) for part in row.identity if part)
        words = in_words(column, old), in_words(column, new)
        self.columns[row.sheet.title, column.title] += 1
        self._add(Change(row.sheet.title, row.number, about, column.title, *words))

    def _add(self, change: Change) -> None:
        line = json.dumps(astuple(change), ensure_ascii=False).encode() + b"\n"
        self._digest.update(line)
        self._lines.append(line)
        if len(self._lines) >= TOGETHER:
            self._pack()

    def _pack(self) -> None:
        self._packed.append(self._packer.compress(b"".join(self._lines)))
        self._lines.clear()

    def __len__(self) -> int:
        return self.columns.total()

    def __iter__(self) -> Iterator[Change]:
        return unpacked(gzip.decompress(self.packed()).splitlines())

    def packed(self) -> bytes:
        self._pack()
        return b"".join(self._packed) + self._packer.copy().flush()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def unpacked(lines: Any) -> Iterator[Change]:
    for line in lines:
        yield Change(*json.loads(line))


def read_changes(file: IO[bytes], words: str = "") -> Iterator[Change]:
    """Of a kept file, those that say the words; read as they are asked for."""
    with gzip.open(file) as lines:
        for change in unpacked(lines):
            if not words or is_said(words, change.about, change.old, change.new, str(change.row)):
                yield change


def in_words(column: Column, value: object) -> str:
    """As people read it: labels of choices, 是 and 否, separators, per cents; 空 for nothing."""
    if value is None or value == "":
        return EMPTY
    match column.kind:
        case Kind.CHOICE:
            return next((label for stored, label in column.pairs if stored == value), str(value))
        case Kind.YESNO:
            return "是" if value else "否"
        case Kind.WHOLE | Kind.DECIMAL if isinstance(value, int | Decimal):
            return _number(Decimal(value)) + ("%" if column.percent else "")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: Decimal) -> str:
    is_whole = value == value.to_integral_value()
    return f"{value.to_integral_value() if is_whole else value.normalize():,f}"
