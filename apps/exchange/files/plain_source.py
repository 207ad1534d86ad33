"""The values of a workbook in the shape in which the error report copies openpyxl's: for files that it can't open.

Invariant: what the reader read, the report can show; number formats come along, other looks don't.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from openpyxl.styles import Alignment, Border, Font, PatternFill

from apps.exchange.files.displayed import ERROR, GENERAL
from apps.exchange.files.opened import OpenedBook, OpenedSheet

WIDTH = 200
FONT, FILL, BORDER, ALIGNMENT = Font(), PatternFill(), Border(), Alignment()


@dataclass(frozen=True, slots=True)
class PlainCell:
    """Has what `error_looks` asks of a cell."""

    value: Any
    number_format: str = GENERAL
    font: Font = FONT
    fill: PatternFill = FILL
    border: Border = BORDER
    alignment: Alignment = ALIGNMENT

    @property
    def has_style(self) -> bool:
        return self.number_format != GENERAL

    @property
    def style_array(self) -> str:
        return self.number_format


@dataclass(frozen=True, slots=True)
class PlainSheet:
    sheet: OpenedSheet

    @property
    def title(self) -> str:
        return self.sheet.title

    @property
    def sheet_state(self) -> str:
        return self.sheet.sheet_state

    def reset_dimensions(self) -> None:
        """There are none to distrust."""

    def iter_rows(
        self, *, max_row: int | None = None, max_col: int = WIDTH, values_only: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Every row from the first on, those that are not there as empty ones."""
        due = 1
        for number, cells in self.sheet.rows(max_col):
            if max_row is not None and number > max_row:
                return
            yield from ((),) * (number - due)
            made = (
                map(value_of, cells)
                if values_only
                else (PlainCell(*cell) for cell in map(known, cells))
            )
            yield tuple(made)
            due = number + 1


def value_of(cell: tuple[Any, str]) -> Any:
    return cell[0]


def known(cell: tuple[Any, str]) -> tuple[Any, str]:
    """An error value is shown as its text."""
    value, number_format = cell
    return value, GENERAL if number_format == ERROR else number_format


class PlainSource:
    """What `error_report` asks of a workbook."""

    def __init__(self, file: BinaryIO) -> None:
        self.worksheets = [PlainSheet(sheet) for sheet in OpenedBook(file).worksheets]
        self.sheetnames = [sheet.title for sheet in self.worksheets]

    def __getitem__(self, title: str) -> PlainSheet:
        return next(sheet for sheet in self.worksheets if sheet.title == title)
