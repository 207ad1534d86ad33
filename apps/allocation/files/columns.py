"""The column tables of allocation's workbooks."""

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec

VOLUMES, SUPPLY, LINES, AGREEMENTS = "分配量", "供应清单", "分配明细", "协议量明细"
HIS = "HIS目录"
MOST = 10**12


VOLUME_COLUMNS = (
    Column("code", "机构编码", Kind.CODE, required=True, max_length=30, width=18),
    Column("name", "机构名称", max_length=120, width=30, help="用来核对编码，可以不填。", optional=True),
    Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16),
    Column(
        "reported", "填报量", Kind.WHOLE, required=True, minimum=0, maximum=MOST, is_quantity=True,
        help="最小制剂单位的整数。",
    ),
    Column(
        "agreed", "约定采购量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True,
        help="空着按项目的约定比例计算。",
    ),
    Column(
        "kept", "中选产品确认量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True,
        help="右边五列全空按项目政策计算；要填就五列都填。",
    ),
    Column("pending", "待分配量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True, help="约定采购量减确认量。"),
    Column("lowest", "日均费用最低量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True),
    Column("highest", "降幅最高量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True),
    Column("other", "其他中选量", Kind.WHOLE, minimum=0, maximum=MOST, is_quantity=True, help="三项之和等于待分配量。"),
)  # fmt: skip

REPORT_COLUMNS = (
    Column("item_code", "品规编号", Kind.CODE, width=16),
    Column("variety", "品种名称", width=20),
    Column("specification", "规格", width=18),
    Column("unit", "最小制剂单位", width=8),
    Column("slot_name", "分配项", width=20),
    Column("enterprise", "中选企业", width=30),
    Column("product_code", "中选产品", Kind.CODE, width=16),
    Column("contract", "合同量", Kind.WHOLE),
    Column("pack", "包装数量", Kind.WHOLE, width=9),
    Column("price", "包装中选价（元）", Kind.DECIMAL, decimals=4),
)
"""The lines of a report in a case, at the terms that it was reported at."""

VOLUME_IMPORT_BOOK = WorkbookSpec(
    name="allocation.volumes",
    filename="分配量",
    sheets=(SheetSpec(VOLUMES, VOLUME_COLUMNS, key=("code", "item_code")),),
)
VOLUME_EXPORT_BOOK = WorkbookSpec(
    name="allocation.volumes",
    filename="分配量",
    sheets=(
        SheetSpec(
            VOLUMES,
            (
                *VOLUME_COLUMNS,
                Column("result_agreed", "计算结果：约定采购量", Kind.WHOLE),
                Column("result_kept", "计算结果：确认量", Kind.WHOLE),
                Column("result_pending", "计算结果：待分配量", Kind.WHOLE),
                Column("result_lowest", "计算结果：日均费用最低", Kind.WHOLE),
                Column("result_highest", "计算结果：降幅最高", Kind.WHOLE),
                Column("result_other", "计算结果：其他中选", Kind.WHOLE),
                Column("is_excluded", "本省无中选", Kind.YESNO),
            ),
        ),
    ),
)

ITEM = (
    Column("variety", "品种名称", width=20),
    Column("item_code", "品规编号", Kind.CODE, width=16),
    Column("specification", "规格", width=30),
    Column("unified_code", "药品统一编码", Kind.CODE, width=22),
)
WINNER = (
    Column("enterprise", "中选企业", width=28),
    Column("uscc", "统一社会信用代码", Kind.CODE, width=22),
)
_TERMS = (
    Column("price", "包装中选价（元）", Kind.DECIMAL, decimals=4),
    Column("pack", "最小包装数量", Kind.WHOLE),
)

_STOPPED = Column("stopped", "供应状态", width=22)

SUPPLY_BOOK = WorkbookSpec(
    name="allocation.supply",
    filename="供应清单",
    sheets=(
        SheetSpec(
            SUPPLY,
            (
                *ITEM,
                *WINNER,
                Column("product_group", "产品组", width=18),
                Column("unit", "单位", width=8),
                *_TERMS,
                Column("daily_usage", "日均使用量", Kind.DECIMAL, decimals=4),
                Column("daily_cost", "日均使用金额（元）", Kind.DECIMAL, decimals=4),
                Column("cut", "降幅（%）", Kind.DECIMAL, decimals=4),
                Column("capacity", "最大产能", Kind.WHOLE, help="空着不限量。"),
                Column("left", "剩余产能", Kind.WHOLE),
                Column("supply_rank", "主供/备供", width=10),
                _STOPPED,
            ),
        ),
    ),
)

LINE_BOOK = WorkbookSpec(
    name="allocation.lines",
    filename="分配采购量明细",
    sheets=(
        SheetSpec(
            LINES,
            (
                *ITEM,
                *WINNER,
                Column("source", "分配来源", width=24),
                Column("source_code", "来源品规编号", Kind.CODE, width=16),
                Column("slot", "分配项", width=16),
                Column("unit", "单位", width=8),
                Column("contract", "合同量", Kind.WHOLE),
                *_TERMS,
                Column("amount", "合同金额（元）", Kind.DECIMAL),
                _STOPPED,
            ),
        ),
    ),
)

AGREEMENT_BOOK = WorkbookSpec(
    name="allocation.agreements",
    filename="中选企业协议量明细",
    sheets=(
        SheetSpec(
            AGREEMENTS,
            (
                Column("province", "省份", width=12),
                Column("city", "地市", width=16),
                Column("code", "机构编码", Kind.CODE, width=18),
                Column("name", "医疗机构", width=30),
                Column("lot", "标的", width=18),
                Column("product_group", "产品组", width=18),
                *ITEM,
                *WINNER,
                Column("unit", "单位", width=8),
                Column("quantity", "协议采购量", Kind.WHOLE),
                *_TERMS,
                Column("amount", "合同金额（元）", Kind.DECIMAL),
                Column("status", "申报状态", width=16),
                _STOPPED,
            ),
        ),
    ),
)


HIS_BOOK = WorkbookSpec(
    name="allocation.his",
    filename="协议量-HIS",
    sheets=(
        SheetSpec(
            HIS,
            (
                Column("project", "项目编码", Kind.CODE),
                Column("code", "机构编码", Kind.CODE),
                Column("unified_code", "药品统一编码", Kind.CODE),
                Column("item_code", "品规编号", Kind.CODE),
                Column("variety", "品种名称"),
                Column("specification", "规格"),
                Column("enterprise", "中选企业"),
                Column("uscc", "统一社会信用代码", Kind.CODE),
                Column("unit", "最小单位"),
                Column("pack", "包装数量", Kind.WHOLE),
                Column("price", "包装中选价", Kind.DECIMAL, decimals=4),
                Column("quantity", "协议采购量", Kind.WHOLE),
                Column("packs", "协议采购包装数", Kind.WHOLE),
                Column("status", "申报状态"),
                Column("remainder", "余量（最小单位）", Kind.WHOLE),
                Column("pack_rounding", "取整方式"),
            ),
        ),
    ),
)
"""What a hospital's information system reads: titles and their order never change, new ones come last.

Quantity = packs · pack + remainder, by row and in every sum of a product.
"""
