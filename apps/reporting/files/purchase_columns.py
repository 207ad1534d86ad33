"""The workbook of purchase history: a row for each institution and item, a column for each baseline year."""

from collections.abc import Sequence

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.reporting.models import MOST

PURCHASES = "历史采购量"
FILENAME = "历史采购量"

_CODE = Column("code", "机构编码", Kind.CODE, required=True, max_length=30, width=18)
_NAME = Column(
    "name", "机构名称", max_length=120, width=30, help="用来核对编码，可以不填。", optional=True
)
_ITEM = Column(
    "item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16,
    help="本项目目录里的品规编号。",
)  # fmt: skip


def year_key(year: int) -> str:
    return f"bought_{year}"


def _year(year: int) -> Column:
    return Column(
        year_key(year), f"{year} 年采购量", Kind.WHOLE, minimum=0, maximum=MOST, width=16, is_quantity=True,
        aliases=(f"{year}年", f"{year}", f"{year}年历史采购量"),
        help="最小制剂单位的整数，没有采购填 0；空着保持系统里的数不变。",
    )  # fmt: skip


def import_book(years: Sequence[int]) -> WorkbookSpec:
    columns = (_CODE, _NAME, _ITEM, *map(_year, years))
    return _book(columns)


def export_book(years: Sequence[int]) -> WorkbookSpec:
    """What is imported, with words; it can be imported again."""
    words = (
        Column("variety", "品种名称", width=20),
        Column("specification", "规格", width=18),
        Column("unit", "最小制剂单位", width=8),
    )
    return _book((_CODE, _NAME, _ITEM, *words, *map(_year, years)))


def _book(columns: tuple[Column, ...]) -> WorkbookSpec:
    sheet = SheetSpec(PURCHASES, columns, key=("code", "item_code"))
    return WorkbookSpec(name="reporting.purchases", filename=FILENAME, sheets=(sheet,))
