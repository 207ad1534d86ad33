"""The column tables of bases, agreed volumes, conversion coefficients and winning results."""

from collections.abc import Sequence
from decimal import Decimal

from apps.exchange.columns import Column, Kind, SheetSpec, WorkbookSpec

from .models import RatioClass, Rule

CONVERSIONS, RESULTS, UNITS = "折算系数", "中选结果", "竞争单元"
AGREED, BELOW = "约定采购量", "各单位"
SMALLEST = Decimal("0.000001")
MOST = 100_000
ITEM = (
    Column("item_code", "品规编号", Kind.CODE, width=16),
    Column("variety", "品种名称", width=20),
    Column("specification", "规格", width=18),
)

CONVERSION_BOOK = WorkbookSpec(
    name="volumes.conversions",
    filename="折算系数",
    sheets=(
        SheetSpec(
            CONVERSIONS,
            (
                Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16),
                Column("variety", "品种名称", width=20, help="用来核对，可以不填。"),
                Column("specification", "规格", width=18, help="用来核对，可以不填。"),
                Column(
                    "main", "主规格品规编号", Kind.CODE, max_length=30, width=16,
                    help="折算到哪个品规；空着即自身。",
                ),
                Column(
                    "coefficient", "折算系数", Kind.DECIMAL, required=True, decimals=6,
                    minimum=SMALLEST, maximum=MOST,
                    help="1 个最小单位折合主规格多少个最小单位，如 10mg 折 20mg 填 0.5。",
                ),
            ),
            key=("item_code",),
        ),
    ),
)  # fmt: skip

RESULT_BOOK = WorkbookSpec(
    name="volumes.results",
    filename="中选结果和竞争单元规则",
    sheets=(
        SheetSpec(
            RESULTS,
            (
                Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16),
                Column("enterprise", "中选企业", required=True, max_length=120, width=28),
                Column(
                    "rank", "名次", Kind.WHOLE, minimum=1, maximum=999, width=8,
                    help="在竞争单元内的名次，按名次分配时用。",
                ),
                Column(
                    "cut", "降幅", Kind.DECIMAL, decimals=4, percent=True, minimum=0, maximum=100,
                    help="52 即 52%；按降幅计算和比较降幅最高时用。",
                ),
            ),
            key=("item_code", "enterprise"),
            optional=True,
        ),
        SheetSpec(
            UNITS,
            (
                Column("competition_unit", "竞争单元", required=True, max_length=60, width=26),
                Column(
                    "rule", "计算规则", Kind.CHOICE, choices=Rule.choices, width=24,
                    help="空着按项目的规则。",
                ),
                Column(
                    "ratio_class", "品种类别", Kind.CHOICE, choices=RatioClass.choices, width=14,
                    help="空着为一般品种。",
                ),
                Column(
                    "winners", "中选企业数", Kind.WHOLE, minimum=0, maximum=999, width=12,
                    help="空着按中选结果计数；0 表示没有中选。",
                ),
            ),
            key=("competition_unit",),
            optional=True,
        ),
    ),
)  # fmt: skip


def base_book(titles: Sequence[str], notes: Sequence[str]) -> WorkbookSpec:
    """One sheet for each title: the nation and every province, or the viewer's own unit."""
    columns = (
        *ITEM,
        Column("unit", "最小制剂单位", width=8),
        Column("quantity", "填报量合计", Kind.WHOLE, width=16),
        Column("coefficient", "折算系数", Kind.DECIMAL, decimals=6, width=10),
        Column("main", "主规格品规编号", Kind.CODE, width=16),
        Column("converted", "计算基数（主规格）", Kind.DECIMAL, decimals=6, width=18),
    )
    return WorkbookSpec(
        name="volumes.base",
        filename="约定采购量计算基数",
        sheets=tuple(SheetSpec(title, columns, notes=tuple(notes)) for title in titles),
    )


VOLUME_COLUMNS = (
    Column("base", "计算基数", Kind.DECIMAL, decimals=6, width=16),
    Column("agreed", "约定采购量", Kind.WHOLE, width=14),
    Column("kept", "保留量", Kind.WHOLE, width=14),
    Column("pending", "待分配（调剂）量", Kind.WHOLE, width=14),
    Column("fixed", "其中固定分配", Kind.WHOLE, width=14),
)


def agreed_book(*, below: bool, notes: Sequence[str]) -> WorkbookSpec:
    """How the unit's volumes came about; of a bureau also the units right below it."""
    own = SheetSpec(
        AGREED,
        (
            *ITEM,
            Column("unit", "最小制剂单位", width=8),
            Column("competition_unit", "竞争单元", width=20),
            Column("rule", "计算规则", width=22),
            Column("ratio_class", "品种类别", width=12),
            Column("winners", "中选企业数", Kind.WHOLE, width=10),
            Column("ratio", "带量比例", Kind.DECIMAL, decimals=10, percent=True, width=12),
            Column("rounding", "取整方式", width=14),
            *VOLUME_COLUMNS,
        ),
        notes=tuple(notes),
    )
    units = SheetSpec(
        BELOW,
        (
            Column("code", "单位编码", Kind.CODE, width=18),
            Column("name", "单位名称", width=30),
            *ITEM,
            *VOLUME_COLUMNS,
        ),
    )
    return WorkbookSpec(
        name="volumes.agreed",
        filename="约定采购量",
        sheets=(own, units) if below else (own,),
    )
