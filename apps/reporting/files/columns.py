"""The column tables of demand reporting's workbooks."""

from collections.abc import Sequence

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.models.own_codes import LONGEST_CODE
from apps.reporting.domain.words import MOST_WORDS
from apps.reporting.models import MOST

SHEET, RESULTS, HISTORY = "采购需求", "审查结果", "历史报量"
CODES = (
    "编码", "品规编码", "产品编码", "药品编码", "商品编码", "耗材编码", "药品统一编码", "统一编码", "本院编码",
    "编号", "产品编号", "药品编号", "商品编号", "代码", "产品代码", "药品代码", "商品代码", "耗材代码",
    "医保编码", "医保代码", "医保药品编码", "医保耗材编码", "国家编码", "国家医保编码", "国家医保代码",
)  # fmt: skip
QUANTITIES = (
    "预采购数量", "采购数量", "采购量", "需求量", "报量", "填报量", "数量", "需求数量", "填报数量", "申报量",
    "申报数量", "计划量", "计划数量", "计划采购量", "计划采购数量", "预计采购量", "年度需求量", "用量", "预计用量",
)  # fmt: skip
"""What pharmacies' systems call the two columns; nothing that names a pack."""
REPORT_COLUMNS = (
    Column("item_code", "品规编号", Kind.CODE, width=16),
    Column("variety", "品种名称", width=20),
    Column("specification", "规格", width=18),
    Column("unit", "最小制剂单位", width=8),
    Column("pack", "包装数量", Kind.WHOLE, width=9),
    Column("price", "参考价（元）", Kind.DECIMAL, decimals=4),
    Column("baseline", "基准年采购量", Kind.WHOLE),
    Column("planned", "采购量", Kind.WHOLE),
    Column("words", "增幅降幅说明", width=34),
)
"""The lines of a report in a case, at the price and the pack that it was reported at."""


def years_in_words(years: Sequence[int]) -> str:
    """`2025 年`, of several years their mean: `2024、2025 年平均`."""
    joined = "、".join(str(year) for year in years)
    return f"{joined} 年平均" if len(years) > 1 else f"{joined} 年"


def bought_title(years: Sequence[int]) -> str:
    """`2025 年采购量`, of several years in a row `2024–2025 年均采购量`."""
    if len(years) == 1:
        return f"{years[0]} 年采购量"
    in_a_row = list(years) == list(range(years[0], years[-1] + 1))
    joined = f"{years[0]}–{years[-1]}" if in_a_row else "、".join(map(str, years))
    return f"{joined} 年均采购量"


def entry_book(years: Sequence[int], *, is_history: bool) -> WorkbookSpec:
    """What institutions fill in offline: the sheet with its baselines, quantities and explanations open."""
    given = (
        Column("item_code", "品规编号", Kind.CODE, required=True, max_length=LONGEST_CODE, width=16, locked=True,
            aliases=CODES,
            help="本项目的品规编号，也可以是药品（耗材）统一编码，或“编码对照”里的本院编码。"),
        Column("variety", "品种名称", width=20, locked=True, optional=True),
        Column("specification", "规格", width=18, locked=True, optional=True),
        Column("unit", "最小制剂单位", width=8, locked=True, optional=True),
        Column("pack_quantity", "包装数量", Kind.WHOLE, width=9, locked=True, optional=True),
        Column("filling_note", "填报说明", width=20, locked=True, optional=True),
    )  # fmt: skip
    bought = Column(
        "bought",
        bought_title(years),
        Kind.WHOLE,
        width=14,
        locked=True,
        optional=True,
        aliases=(f"{years_in_words(years)}采购量",),
    )
    planned = Column(
        "planned", f"{years_in_words(years)}采购量" if is_history else "预采购量", Kind.WHOLE, is_quantity=True,
        minimum=0, maximum=MOST, width=14, help="最小制剂单位的整数，或如 120盒；没有需求填 0；空着的行保持不变。",
        aliases=QUANTITIES,
    )  # fmt: skip
    words = Column(
        "words",
        "增幅降幅说明",
        max_length=MOST_WORDS,
        width=34,
        help="变动大的品规须说明。",
        optional=True,
    )
    columns = (*given, planned) if is_history else (*given, bought, planned, words)
    return WorkbookSpec(
        name="reporting.entry",
        filename="采购需求",
        sheets=(SheetSpec(SHEET, columns, key=("item_code",)),),
    )


def result_book(years: Sequence[int], *, is_history: bool) -> WorkbookSpec:
    """审查结果 with every column of S2-27 to S2-36; of a round of history it is named after that."""
    title = HISTORY if is_history else RESULTS
    return WorkbookSpec(
        name="reporting.results",
        filename=title,
        sheets=(
            SheetSpec(
                title,
                (
                    Column("item_code", "品规编号", Kind.CODE, width=16),
                    Column("variety", "品种名称", width=20),
                    Column("specification", "规格", width=18),
                    Column("unit", "最小制剂单位", width=8),
                    Column("filling_note", "填报说明", width=20),
                    Column("bought", bought_title(years), Kind.WHOLE),
                    Column("planned", "预采购量", Kind.WHOLE),
                    Column("rate", "增幅/降幅（%）", Kind.DECIMAL, decimals=1, width=10),
                    Column("words", "增幅降幅说明", width=30),
                    Column("status", "维护及审核状态", width=16),
                    Column("records", "审核记录", width=40),
                ),
            ),
        ),
    )
