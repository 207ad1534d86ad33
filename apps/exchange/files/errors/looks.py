"""The looks of a clerk's cells, carried over to a copy of the workbook: one style for each that they use."""

from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import PatternFill

FILL = PatternFill("solid", fgColor="FFD6D6")


class Looks:
    """From the cells of one workbook to the numbers of styles in another."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._known: dict[tuple[Any, bool], int] = {}

    def of(self, cell: Any, *, marked: bool) -> int:
        """The number of the style; the marked ones are red."""
        # An empty cell of openpyxl's read-only mode has no looks.
        look = cell.style_array if getattr(cell, "has_style", False) else None
        number = self._known.get((look, marked))
        if number is None:
            pen = self._pen(cell if look else None, marked=marked)
            number = self._known[look, marked] = pen.style_id
        return number

    def _pen(self, cell: Any, *, marked: bool) -> Any:
        """A cell of the copy that looks so; it is never written."""
        pen = WriteOnlyCell(self._sheet)
        if cell is not None:
            pen.number_format, pen.font, pen.fill = cell.number_format, cell.font, cell.fill
            pen.border, pen.alignment = cell.border, cell.alignment
        if marked:
            pen.fill = FILL
        return pen
