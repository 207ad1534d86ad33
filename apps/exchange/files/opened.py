"""A workbook opened for reading its rows once, by expat: values only, whatever surrounds them.

openpyxl's read-only mode builds several objects per cell and, where a sheet does not tell its size, reads it twice;
this takes a third of its time (`bin/bench exchange`) and gives the same values. python-calamine would be quicker
still, but does not tell how Excel shows a number, and with it the zeros in front of a code. Invariant: only files
that passed `upload_checks` come here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from xml.parsers import expat
from zipfile import ZipFile

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from apps.exchange.files.displayed import ERROR, GENERAL
from apps.exchange.files.package import (
    CHUNK,
    LONGEST_TEXT,
    Package,
    refuse_doctype,
    unescaped,
)
from apps.exchange.files.upload_checks import DAMAGED, FileRefused

Raw = tuple[Any, str]  # what a cell stores, and how Excel shows it if it is a number
BLANK: Raw = (None, GENERAL)
DIGITS = "0123456789"
KNOWN = 50_000
Cells = list[Raw]


class OpenedBook:
    """What the reader asks of a workbook. Raises what `Package` raises on damage."""

    def __init__(self, file: BinaryIO) -> None:
        self.package = Package(ZipFile(file))
        self.epoch: datetime = MAC_EPOCH if self.package.is_from_1904 else WINDOWS_EPOCH
        self.worksheets = [
            OpenedSheet(self, sheet.title, sheet.state, sheet.path) for sheet in self.package.sheets
        ]

    def sheet(self, title: str) -> "OpenedSheet | None":
        return next((sheet for sheet in self.worksheets if sheet.title == title), None)


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """One sheet, unread."""

    book: OpenedBook
    title: str
    sheet_state: str
    path: str

    def rows(self, width: int) -> Iterator[tuple[int, Cells]]:
        """The rows that are there, with their numbers, in rising order; the first `width` cells of each.

        Raises `FileRefused` if it is no sheet.
        """
        lines: list[tuple[int, Cells]] = []
        parser = _parser(
            width, Values(self.book), lambda number, cells: lines.append((number, cells))
        )
        last = 0
        try:
            with self.book.package.open(self.path) as part:
                while chunk := part.read(CHUNK):
                    parser.Parse(chunk, False)  # noqa: FBT003
                    for number, cells in lines:
                        if number <= last:
                            raise FileRefused(DAMAGED)
                        last = number
                        yield number, cells
                    lines.clear()
                parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise FileRefused(DAMAGED) from error


OTHER_KINDS: dict[str, Callable[[str], Raw]] = {
    "b": lambda text: (text.strip().lower() in {"1", "true"}, GENERAL),
    "d": lambda text: (from_ISO8601(text), GENERAL),
    "e": lambda text: (text, ERROR),
}


class Values:
    """From what a cell's XML says to its value; what makes no sense is an error of this cell, not of the file."""

    def __init__(self, book: OpenedBook) -> None:
        self.strings = book.package.strings
        self.epoch = book.epoch
        self.package = book.package
        self.known: dict[str, str] = {}

    def of(self, kind: str, text: str, style: str | None) -> Raw:
        try:
            if kind == "n":
                return self._number(text, _place_of(style or "0"))
            if kind == "s":
                return self.strings[_place_of(text)], GENERAL
            if kind in OTHER_KINDS:
                return OTHER_KINDS[kind](text)
        except (LookupError, ValueError):
            return text, ERROR
        # str, inlineStr
        return self._once(unescaped(text[: LONGEST_TEXT + 1])), GENERAL

    def _once(self, text: str) -> str:
        """The same text as one object: names of provinces come by the hundred thousand."""
        if len(self.known) > KNOWN:
            self.known.clear()
        return self.known.setdefault(text, text)

    def _number(self, text: str, style: int) -> Raw:
        if "_" in text:
            raise ValueError(text)
        number = float(text) if "." in text or "E" in text or "e" in text else int(text)
        formats = self.package.formats
        shown = formats[style] if style < len(formats) else GENERAL
        if style in self.package.dates:
            try:
                is_duration = style in self.package.durations
                return from_excel(number, self.epoch, timedelta=is_duration), shown
            except (OverflowError, ValueError):
                return "#VALUE!", ERROR
        return number, shown


def _place_of(text: str) -> int:
    """Where something stands in a list. Raises `ValueError` below its start, where Python would count from the end."""
    place = int(text)
    if place < 0:
        raise ValueError(text)
    return place


def _parser(width: int, values: Values, take: Callable[[int, Cells], None]) -> Any:
    """An expat parser that gives each row away at its end."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    row = RowUnderWay(width, values, take)
    parser.StartElementHandler = row.start
    parser.EndElementHandler = row.end
    parser.CharacterDataHandler = row.text
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


class RowUnderWay:
    """What the parser has met of the current row. Called for every tag: it costs what reading costs."""

    __slots__ = (
        "cells", "collects", "in_row", "kind", "number", "phonetic", "places", "position", "style",
        "take", "texts", "values", "width",
    )  # fmt: skip

    def __init__(self, width: int, values: Values, take: Callable[[int, Cells], None]) -> None:
        self.width, self.values, self.take = width, values, take
        self.number, self.position = 0, -1
        self.kind: str = "n"
        self.style: str | None = None
        self.in_row = self.collects = self.phonetic = False
        self.cells: Cells = []
        self.texts: list[str] = []
        self.places: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r")
            self.number = int(number) if number else self.number + 1
            self.position, self.in_row = -1, True
            self.cells = [BLANK] * self.width
        elif not self.in_row:
            return
        elif name == "c":
            reference = attributes.get("r")
            self.position = self._place(reference) if reference else self.position + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s")
            self.texts.clear()
        elif name == "v":
            self.collects = self.kind != "inlineStr"
        elif name == "t":
            self.collects = self.kind == "inlineStr" and not self.phonetic
        elif name == "rPh":
            self.phonetic = True

    def text(self, text: str) -> None:
        if self.collects:
            self.texts.append(text)

    def end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in {"v", "t"}:
            self.collects = False
        elif name == "c" and self.in_row:
            text = "".join(self.texts)
            if text and self.position < self.width:
                self.cells[self.position] = self.values.of(self.kind, text, self.style)
        elif name == "row":
            self.in_row = False
            self.take(self.number, self.cells)
        elif name == "rPh":
            self.phonetic = False

    def _place(self, reference: str) -> int:
        """The position of a cell from its address."""
        column = reference.rstrip(DIGITS)
        place = self.places.get(column)
        if place is None:
            place = self.places[column] = column_index_from_string(column) - 1
        return place
