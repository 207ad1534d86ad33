"""What a workbook said, and what is wrong with it, each thing with its place: sheet, row, column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.files.columns import SheetSpec


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `row` as Excel counts (None: the whole sheet), `column` the title as the sheet shows it."""

    sheet: str
    row: int | None
    column: str
    message: str


class RowValues(Mapping[str, Any]):
    """The values of one row by column key; the rows of a sheet share their keys, which a dict each would not."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._places, self._values = places, values

    def __getitem__(self, key: str) -> Any:
        return self._values[self._places[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: `row["code"]` is the parsed value, `number` the row as Excel counts.

    `broken` holds the keys of cells that could not be read; their value is the column's empty one. `absent` holds
    those of optional columns that the file lacks: it says nothing of them, where an empty cell says "nothing".
    """

    sheet: SheetSpec = field(repr=False)
    number: int
    values: Mapping[str, Any]
    broken: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def or_kept(self, key: str, standing: Any) -> Any:
        """The value, or what stands already where the file has no such column."""
        return standing if key in self.absent else self.values[key]

    @property
    def identity(self) -> tuple[Any, ...]:
        """The values of the sheet's key columns."""
        return tuple(self.values[key] for key in self.sheet.key)

    def problem(self, key: str, message: str) -> Problem:
        """A problem of one cell of this row; `key` "" for the row as a whole."""
        return Problem(
            self.sheet.title, self.number, self.sheet.column(key).title if key else "", message
        )


@dataclass(slots=True)
class Reading:
    """A workbook read against its column table.

    `stamp` is what the template carried (project and so on), empty for a file of the clerk's own making.
    `notes` are said to the person but hinder nothing.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    passed_on: int = 0  # rows that went to somebody else instead
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stamp: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Row]:
        """The rows of all sheets, in the order of the column table."""
        for rows in self.rows.values():
            yield from rows

    @property
    def whole_rows(self) -> Iterator[Row]:
        """The rows of which every cell could be read: those worth checking further."""
        return (row for row in self if not row.broken)

    def count(self) -> int:
        return self.passed_on + sum(len(rows) for rows in self.rows.values())
