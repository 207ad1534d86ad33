"""The looks of a clerk's cells, carried over to a copy of the workbook: one format for each style they use."""

from typing import Any

import xlsxwriter

RED = "FFD6D6"
ALIGNMENTS = {"left": "left", "right": "right", "center": "center"}


class Looks:
    """From the styles of one openpyxl workbook to the formats of an XlsxWriter one."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._known: dict[tuple[int, bool], Any] = {}

    def of(self, cell: Any, *, marked: bool) -> Any:
        """The format of a cell of the copy; the marked ones are red."""
        style = getattr(cell, "_style_id", -1)
        known = self._known.get((style, marked))
        if known is None:
            known = self._known[style, marked] = self._book.add_format(_looks(cell, marked=marked))
        return known


def _looks(cell: Any, *, marked: bool) -> dict[str, Any]:
    looks: dict[str, Any] = {"bg_color": f"#{RED}"} if marked else {}
    if not hasattr(cell, "_style_id"):  # an empty cell of openpyxl's read-only mode
        return looks
    looks["num_format"] = cell.number_format
    if cell.font is not None:
        looks["bold"], looks["italic"] = bool(cell.font.b), bool(cell.font.i)
        looks["font_name"], looks["font_size"] = cell.font.name or "Calibri", cell.font.sz or 11
        looks |= _colour("font_color", cell.font.color)
    if not marked and cell.fill is not None and cell.fill.fill_type == "solid":
        looks |= _colour("bg_color", cell.fill.fgColor)
    if cell.border is not None and cell.border.left is not None and cell.border.left.style:
        looks["border"] = 1
    if cell.alignment is not None:
        looks["text_wrap"] = bool(cell.alignment.wrap_text)
        if cell.alignment.horizontal in ALIGNMENTS:
            looks["align"] = ALIGNMENTS[cell.alignment.horizontal]
    return looks


def _colour(name: str, colour: Any) -> dict[str, str]:
    """Colours told as RGB; those of a theme stay with the theme."""
    told = getattr(colour, "rgb", None)
    return {name: f"#{told[-6:]}"} if isinstance(told, str) and len(told) in {6, 8} else {}
