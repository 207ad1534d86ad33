"""Which sheet of a workbook is which sheet of the table; reader and error report agree by asking here."""

from typing import Any

from apps.exchange.files.columns import SheetSpec, WorkbookSpec
from apps.exchange.files.normalizing import heading

# What we add to workbooks ourselves is never taken for data.
STAMP_SHEET, LISTS_SHEET = "_fenliang", "_选项"
MANIFEST_SHEET, PROBLEMS_SHEET = "导出说明", "问题清单"
OURS = frozenset({STAMP_SHEET, LISTS_SHEET, MANIFEST_SHEET, PROBLEMS_SHEET})


def pair_sheets(book: Any, spec: WorkbookSpec) -> list[tuple[SheetSpec, Any]]:
    """Each sheet of the table with its openpyxl worksheet, or None.

    By title; where the table has a single sheet, the workbook may call it what it likes.
    """
    given = [worksheet for worksheet in book.worksheets if worksheet.title not in OURS]
    by_title = {heading(worksheet.title): worksheet for worksheet in given}
    visible = [worksheet for worksheet in given if worksheet.sheet_state == "visible"]
    lone = visible[0] if len(spec.sheets) == 1 and visible else None
    return [(sheet, by_title.get(heading(sheet.title), lone)) for sheet in spec.sheets]
