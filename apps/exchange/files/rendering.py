"""From a value to what stands in a file. Invariant: no text is ever taken for a formula by a spreadsheet."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.normalizing import quoted
from apps.exchange.files.parsing import EXACT_IN_EXCEL
from apps.folding.domain.folding import visible

CELL_LENGTH = 32_767
FIRST_SERIAL_DAY = date(1900, 3, 1)  # Excel believes that there was a 29th of February before it
SPECIAL = re.compile(
    r"\A[=+\-@＝＋－＠\s'\u2018]|\s\Z|[&<>\x00-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]|_x"
)
Record = Mapping[str, Any] | Sequence[Any]


def is_ordinary(text: str) -> bool:
    """Whether the text stands in a file, and in XML, as it is: no formula, no space around it, nothing invisible."""
    return len(text) <= CELL_LENGTH and (
        text.isalnum() or (text != "" and not SPECIAL.search(text))
    )


def shown(column: Column, value: Any) -> str | int | float | Decimal | date | None:
    """The value as the file holds it: labels for choices, 是 and 否, local days and moments, text that one sees."""
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
        case Kind.MOMENT if isinstance(value, datetime):
            return _local(value).replace(microsecond=0, tzinfo=None)  # type: ignore[call-arg]
        case Kind.WHOLE | Kind.DECIMAL if isinstance(value, int | float | Decimal):
            return value if -EXACT_IN_EXCEL < value < EXACT_IN_EXCEL else str(value)
    if isinstance(value, datetime):
        value = f"{_local(value):%Y-%m-%d %H:%M:%S}"
    text = quoted(visible(str(value)))
    return text if len(text) <= CELL_LENGTH else text[: CELL_LENGTH - 1] + "…"


def is_text(shown_value: str | float | Decimal | date | None) -> bool:
    """Whether it stands in a workbook as a text: neither a number nor a day that Excel knows."""
    match shown_value:
        case None:
            return False
        case str():
            return True
        case date():
            return shown_value.toordinal() < FIRST_SERIAL_DAY.toordinal()
    return not math.isfinite(shown_value)


def _local(value: date) -> date:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return timezone.localtime(value)
    return value


def rows(sheet: SheetSpec, records: Iterable[Record]) -> Iterator[Sequence[Any]]:
    """Each record's values in the order of the columns; records are mappings by key, or sequences."""
    keys = [column.key for column in sheet.columns]
    for record in records:
        yield [record.get(key) for key in keys] if isinstance(record, Mapping) else record


def cells(sheet: SheetSpec, records: Iterable[Record]) -> Iterator[list[Any]]:
    """Each record as what stands in the file, column by column."""
    columns = sheet.columns
    for values in rows(sheet, records):
        yield [shown(column, value) for column, value in zip(columns, values, strict=True)]


def row_key(sheet: SheetSpec, shown_values: Sequence[Any]) -> str:
    """What tells a prefilled row from the others, as the template's stamp remembers it."""
    by_key = {c.key: value for c, value in zip(sheet.columns, shown_values, strict=True)}
    return "|".join(str(by_key[key] or "") for key in sheet.key)


def row_keys(workbook: WorkbookSpec, records: Mapping[str, Iterable[Record]]) -> list[str]:
    """The keys of all rows of a template."""
    return [
        row_key(sheet, values)
        for sheet in workbook.sheets
        for values in cells(sheet, records.get(sheet.title, ()))
    ]


def number_format(column: Column) -> str:
    """How a spreadsheet shows the column."""
    match column.kind:
        case Kind.WHOLE:
            return "#,##0"
        case Kind.DECIMAL:
            least = min(column.decimals, 2)  # as in the pages: 28.80 and 0.0321
            more = "#" * (column.decimals - least)
            return "#,##0" + ("." + "0" * least + more if column.decimals else "")
        case Kind.DATE:
            return "yyyy-mm-dd"
        case Kind.MOMENT:
            return "yyyy-mm-dd hh:mm:ss"
        case _:
            return "@"
