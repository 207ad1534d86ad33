"""The workbook in which a province fills in for its institutions: a row for each institution and item."""

from collections.abc import Sequence

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.reporting.domain.words import MOST_WORDS
from apps.reporting.files.columns import years_in_words
from apps.reporting.models import MOST

SHEET = "代填采购需求"


def maintenance_book(years: Sequence[int], *, is_history: bool) -> WorkbookSpec:
    bought = f"{years_in_words(years)}采购量"
    given = (
        Column("code", "机构编码", Kind.CODE, required=True, max_length=30, width=18, locked=True),
        Column("name", "机构名称", max_length=120, width=28, locked=True),
        Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16, locked=True),
        Column("variety", "品种名称", width=18, locked=True),
        Column("specification", "规格", width=16, locked=True),
        Column("unit", "最小制剂单位", width=8, locked=True),
    )  # fmt: skip
    planned = Column(
        "planned", bought if is_history else "预采购量", Kind.WHOLE, minimum=0, maximum=MOST,
        width=14, help="最小制剂单位的整数，没有需求填 0；空着的行保持不变。",
    )  # fmt: skip
    more = (
        Column("bought", bought, Kind.WHOLE, width=14, locked=True),
        planned,
        Column(
            "words", "增幅降幅说明", max_length=MOST_WORDS, width=34, help="变动大的品规须说明。"
        ),
    )
    columns = (*given, planned) if is_history else (*given, *more)
    sheet = SheetSpec(SHEET, columns, key=("code", "item_code"))
    return WorkbookSpec(name="reporting.maintenance", filename="代填采购需求", sheets=(sheet,))
