"""How a reading leaves the process in which the upload was read: as JSON, row by row, and back.

Invariant: what comes back is made of the column table of whoever asked: a value of another kind than its column's is
refused, so nothing but text, numbers and days ever crosses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.quantities import Written
from apps.exchange.files.readings import Problem, Reading, Row, RowValues
from apps.exchange.files.upload_checks import DAMAGED, FileRefused

STEP = 500  # rows of one message
KNOWN = 50_000  # texts remembered, so that names of provinces are held once
Read = Callable[[Any], Any]


def spoken(spec: WorkbookSpec) -> WorkbookSpec:
    """The table with choices of plain text, for a process that knows none of our types."""
    return replace(spec, sheets=tuple(_spoken_sheet(sheet) for sheet in spec.sheets))


def _spoken_sheet(sheet: SheetSpec) -> SheetSpec:
    return replace(
        sheet,
        columns=tuple(
            replace(column, choices=tuple((str(value), label) for value, label in column.pairs))
            if column.kind is Kind.CHOICE
            else column
            for column in sheet.columns
        ),
    )


@dataclass(slots=True)
class RowTeller:
    """Says rows, `STEP` at a time, with the sheet that they stand in."""

    say: Callable[[Any], None]
    sheet: SheetSpec | None = None
    rows: list[list[Any]] = field(default_factory=list)
    absent: frozenset[str] = frozenset()

    def take(self, row: Row) -> None:
        if row.sheet is not self.sheet or len(self.rows) == STEP:
            self.flush()
            self.sheet, self.absent = row.sheet, row.absent
        values = [_plain(value) for value in row.values.values()]
        self.rows.append(
            [row.number, values, sorted(row.broken)] if row.broken else [row.number, values]
        )

    def flush(self) -> None:
        if self.sheet is not None and self.rows:
            self.say(["rows", self.sheet.title, sorted(self.absent), self.rows])
        self.rows = []


def _plain(value: Any) -> Any:
    match value:
        case Decimal() | date():
            return str(value)
        case Written():
            return [value.text, value.number, value.word, value.rest, value.rest_word]
    return value


def ending(reading: Reading) -> Any:
    """What is left to say of a reading whose rows were said."""
    problems = [
        [problem.sheet, problem.row, problem.column, problem.message]
        for problem in reading.problems
    ]
    return {"problems": problems, "notes": reading.notes, "sheets": list(reading.rows)}


@dataclass(slots=True)
class RowHearer:
    """Makes the reading of what is said."""

    spec: WorkbookSpec
    reading: Reading = field(default_factory=Reading)
    sheets: dict[str, "SheetHearer"] = field(default_factory=dict)

    def hear_rows(self, title: str, absent: list[str], rows: list[list[Any]]) -> None:
        """Raises `FileRefused` for what doesn't fit the table."""
        try:
            sheet = self.sheets.get(title)
            if sheet is None:
                sheet = self.sheets[title] = SheetHearer(self.spec.sheet(title))
            kept = self.reading.rows.setdefault(title, [])
            left_out = frozenset(absent)
            kept.extend(sheet.row(left_out, *row) for row in rows)
        except (ArithmeticError, LookupError, TypeError, ValueError, StopIteration) as error:
            raise FileRefused(DAMAGED) from error

    def finish(self, told: Mapping[str, Any]) -> Reading:
        try:
            for title in told["sheets"]:
                self.reading.rows.setdefault(self.spec.sheet(title).title, [])
            self.reading.problems = [
                Problem(str(sheet), None if row is None else int(row), str(column), str(message))
                for sheet, row, column, message in told["problems"]
            ]
            self.reading.notes = [str(note) for note in told["notes"]]
        except (LookupError, TypeError, ValueError, StopIteration) as error:
            raise FileRefused(DAMAGED) from error
        return self.reading


class SheetHearer:
    """The rows of one sheet."""

    def __init__(self, spec: SheetSpec) -> None:
        self.spec = spec
        self.places = {column.key: place for place, column in enumerate(spec.columns)}
        known: dict[str, str] = {}
        self.reads = [_read(column, known) for column in spec.columns]

    def row(
        self,
        absent: frozenset[str],
        number: int,
        values: list[Any],
        broken: list[str] | None = None,
    ) -> Row:
        found = tuple(read(value) for read, value in zip(self.reads, values, strict=True))
        wrong = frozenset(self.places.keys() & set(broken or ()))
        return Row(self.spec, int(number), RowValues(self.places, found), wrong, absent)


def _read(column: Column, known: dict[str, str]) -> Read:
    """From what was said to the column's value."""
    empty = column.empty
    match column.kind:
        case Kind.CHOICE:
            stored = {str(value): value for value, _label in column.pairs}
            return lambda said: stored[said] if said != empty else empty
        case Kind.WHOLE:
            return lambda said: empty if said is None else _whole(said)
        case Kind.DECIMAL:
            return lambda said: empty if said is None else _decimal(said)
        case Kind.DATE:
            return lambda said: empty if said is None else date.fromisoformat(said)
        case Kind.YESNO:
            return lambda said: empty if said is None else _checked(said, bool)
    return lambda said: _once(_checked(said, str), known)


def _whole(said: Any) -> int | Written:
    if isinstance(said, list):
        text, number, word, rest, rest_word = said
        return Written(
            _checked(text, str),
            int(number),
            _checked(word, str),
            int(rest),
            _checked(rest_word, str),
        )
    return int(_checked(said, int))


def _decimal(said: Any) -> Decimal:
    try:
        return Decimal(_checked(said, str))
    except InvalidOperation as error:
        raise ValueError(said) from error


def _checked(said: Any, kind: type) -> Any:
    if type(said) is not kind:
        raise TypeError(type(said))
    return said


def _once(text: str, known: dict[str, str]) -> str:
    """The same text as one object."""
    if len(known) > KNOWN:
        known.clear()
    return known.setdefault(text, text)
