"""The column tables of bases, agreed volumes, conversion coefficients and winning results."""

from collections.abc import Sequence
from decimal import Decimal

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.files.columns import WINNERS

CONVERSIONS, RESULTS, UNITS, CLASSES = "折算系数", WINNERS, "竞争单元", "品规类别"
AGREED, BELOW = "约定采购量", "各单位"
BY_MAIN, BY_LOT = "按主规格", "按标的"
SMALLEST = Decimal("0.000001")
MOST = 100_000
LINEAR_TITLES = ("最低降幅", "封顶降幅", "起始基础量", "起始调剂量", "每点增加")
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
                Column(
                    "across", "确认跨企业折算", Kind.YESNO, width=14,
                    help="与主规格不是同一生产企业、仍要折算时填“是”。", optional=True,
                ),
            ),
            key=("item_code",),
        ),
    ),
)  # fmt: skip


def _exact(key: str, title: str) -> Column:
    return Column(key, title, Kind.DECIMAL, decimals=6, width=18)


def group_sheets(
    *figures: Column, first: tuple[Column, ...] = (), notes: Sequence[str] = ()
) -> tuple[SheetSpec, ...]:
    """Sums per main specification and per lot, in units of the main specification."""
    unit = Column("unit", "最小制剂单位", width=8)
    parts = Column("parts", "折算（品规×系数）", width=40)
    main = (Column("main", "主规格品规编号", Kind.CODE, width=16), *ITEM[1:], unit, parts)
    lot = (
        Column("lot", "标的", width=26),
        unit,
        Column("mains", "主规格数", Kind.WHOLE, width=10),
        parts,
    )
    return (
        SheetSpec(BY_MAIN, (*first, *main, *figures), notes=tuple(notes)),
        SheetSpec(BY_LOT, (*first, *lot, *figures), notes=tuple(notes)),
    )


def base_book(titles: Sequence[str], notes: Sequence[str]) -> WorkbookSpec:
    """One sheet for each title: the nation and every province, or the viewer's own unit."""
    columns = (
        *ITEM,
        Column("unit", "最小制剂单位", width=8),
        Column("quantity", "填报量合计", Kind.WHOLE, width=16),
        Column("coefficient", "折算系数", Kind.DECIMAL, decimals=6, width=10),
        Column("main", "主规格品规编号", Kind.CODE, width=16),
        Column("converted", "折合主规格", Kind.DECIMAL, decimals=6, width=18),
    )
    return WorkbookSpec(
        name="volumes.base",
        filename="约定采购量计算基数",
        sheets=(
            *(SheetSpec(title, columns, notes=tuple(notes)) for title in titles),
            *group_sheets(
                _exact("base", "计算基数（折合主规格）"),
                first=(Column("name", "单位", width=20),),
                notes=notes,
            ),
        ),
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
            Column("coefficient", "折算系数", Kind.DECIMAL, decimals=6, width=10),
            Column("main", "主规格品规编号", Kind.CODE, width=16),
            Column("converted", "约定采购量折合主规格", Kind.DECIMAL, decimals=6, width=18),
        ),
        notes=tuple(notes),
    )
    sums = group_sheets(
        _exact("base", "计算基数（折合主规格）"),
        _exact("agreed", "约定采购量（折合主规格）"),
        _exact("kept", "保留量（折合主规格）"),
        _exact("pending", "待分配（调剂）量（折合主规格）"),
        notes=notes,
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
        sheets=(own, *sums, units) if below else (own, *sums),
    )
