"""From a value to what stands in a file. Invariant: no text is ever taken for a formula by a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from .columns import Column, Kind, SheetSpec
from .normalizing import FORMULA_STARTS, visible
from .parsing import EXACT_IN_EXCEL

CELL_LENGTH = 32_767
Record = Mapping[str, Any] | Sequence[Any]


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet might evaluate the text (OWASP: CSV injection)."""
    return text.startswith(FORMULA_STARTS)


def shown(column: Column, value: Any) -> str | int | float | Decimal | date | None:
    """The value as the file holds it: labels for choices, 是 and 否, local dates, text without control characters."""
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.CHOICE:
            value = next((label for stored, label in column.pairs if stored == value), value)
        case Kind.YESNO:
            value = "是" if value else "否"
        case Kind.DATE if isinstance(value, date):
            local = _local(value)
            return local.date() if isinstance(local, datetime) else local
        case Kind.WHOLE | Kind.DECIMAL if isinstance(value, int | float | Decimal):
            return value if -EXACT_IN_EXCEL < value < EXACT_IN_EXCEL else str(value)
    if isinstance(value, datetime):
        value = f"{_local(value):%Y-%m-%d %H:%M:%S}"
    text = visible(str(value))
    return text if len(text) <= CELL_LENGTH else text[: CELL_LENGTH - 1] + "…"


def _local(value: date) -> date:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return timezone.localtime(value)
    return value


def cells(sheet: SheetSpec, records: Iterable[Record]) -> Iterator[list[Any]]:
    """Each record as a list in the order of the columns; records are mappings by key, or sequences."""
    columns = sheet.columns
    for record in records:
        values = [record.get(c.key) for c in columns] if isinstance(record, Mapping) else record
        yield [shown(column, value) for column, value in zip(columns, values, strict=True)]


def number_format(column: Column) -> str:
    """How a spreadsheet shows the column."""
    match column.kind:
        case Kind.WHOLE:
            return "#,##0"
        case Kind.DECIMAL:
            return "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
        case Kind.DATE:
            return "yyyy-mm-dd"
        case _:
            return "@"
