"""A workbook opened for reading its rows once: openpyxl reads all but the sheets, expat the sheets.

openpyxl's read-only mode builds several objects per cell and, where a sheet does not tell its size, reads it twice;
this takes a third of its time (`bin/bench exchange`) and gives the same values. python-calamine would be quicker
still, but does not tell how Excel shows a number, and with it the zeros in front of a code. Invariant: only files
that passed `upload_checks` come here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from xml.parsers import expat
from zipfile import ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import ARC_STYLE
from openpyxl.xml.functions import fromstring

from apps.exchange.domain.displayed import ERROR
from apps.exchange.files.upload_checks import DAMAGED, FileRefused

Raw = tuple[Any, str]  # what a cell stores, and how Excel shows it if it is a number
GENERAL = "General"
BLANK: Raw = (None, GENERAL)
CHUNK = 256 * 1024
DIGITS = "0123456789"
KNOWN = 50_000
Cells = list[Raw]


class OpenedBook:
    """What the reader asks of a workbook. Raises what openpyxl raises on damage."""

    def __init__(self, file: BinaryIO) -> None:
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        self.archive = reader.archive
        self.strings: list[str] = reader.shared_strings
        self.epoch: datetime = reader.wb.epoch
        self.styles = Styles(reader.archive)
        self.worksheets = [
            OpenedSheet(self, sheet.name, sheet.state, target.target)
            for sheet, target in reader.parser.find_sheets()
            if target.target in reader.valid_files and "chartsheet" not in target.Type
        ]

    def sheet(self, title: str) -> "OpenedSheet | None":
        return next((sheet for sheet in self.worksheets if sheet.title == title), None)


class Styles:
    """How Excel shows the numbers of each style, and which of them are dates."""

    def __init__(self, archive: ZipFile) -> None:
        self.formats: list[str] = [GENERAL]
        self.dates: frozenset[int] = frozenset()
        self.durations: frozenset[int] = frozenset()
        if ARC_STYLE not in archive.namelist():
            return
        told = Stylesheet.from_tree(fromstring(archive.read(ARC_STYLE)))
        if told.cell_styles:
            self.formats = [
                _format(style.numFmtId, told.number_formats) for style in told.cell_styles
            ]
            self.dates = frozenset(told.date_formats)
            self.durations = frozenset(told.timedelta_formats)


def _format(number: int, own: Sequence[str]) -> str:
    """A number format by its id; the workbook's own ones come after those that every workbook has."""
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return BUILTIN_FORMATS.get(number, GENERAL)
    return own[number - BUILTIN_FORMATS_MAX_SIZE]


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
        found: list[tuple[int, Cells]] = []
        parser = _parser(
            width, Values(self.book), lambda number, cells: found.append((number, cells))
        )
        last = 0
        try:
            with self.book.archive.open(self.path) as part:
                while chunk := part.read(CHUNK):
                    parser.Parse(chunk, False)  # noqa: FBT003
                    for number, cells in found:
                        if number <= last:
                            raise FileRefused(DAMAGED)
                        last = number
                        yield number, cells
                    found.clear()
                parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise FileRefused(DAMAGED) from error


class Values:
    """From what a cell's XML says to its value."""

    def __init__(self, book: OpenedBook) -> None:
        self.strings = book.strings
        self.epoch = book.epoch
        self.styles = book.styles
        self.known: dict[str, str] = {}

    def of(self, kind: str, text: str, style: str | None) -> Raw:
        match kind:
            case "n":
                return self._number(text, int(style or 0))
            case "s":
                return self.strings[int(text)], GENERAL
            case "b":
                return bool(int(text)), GENERAL
            case "d":
                return from_ISO8601(text), GENERAL
            case "e":
                return text, ERROR
            case _:  # str, inlineStr; an underscore that looks like an escape is escaped
                return self._once(text.replace("_x005F_", "_")), GENERAL

    def _once(self, text: str) -> str:
        """The same text as one object: names of provinces come by the hundred thousand."""
        if len(self.known) > KNOWN:
            self.known.clear()
        return self.known.setdefault(text, text)

    def _number(self, text: str, style: int) -> Raw:
        number = float(text) if "." in text or "E" in text or "e" in text else int(text)
        if style in self.styles.dates:
            try:
                is_duration = style in self.styles.durations
                value = from_excel(number, self.epoch, timedelta=is_duration)
                return value, self.styles.formats[style]
            except (OverflowError, ValueError):
                return "#VALUE!", ERROR
        return number, self.styles.formats[style]


def _parser(width: int, values: Values, take: Callable[[int, Cells], None]) -> Any:
    """An expat parser that gives each row away at its end."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    row = RowUnderWay(width, values, take)
    parser.StartElementHandler = row.start
    parser.EndElementHandler = row.end
    parser.CharacterDataHandler = row.text
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_declaration: object) -> None:
    raise FileRefused(DAMAGED)


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
