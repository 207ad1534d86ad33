"""The column tables of a project's workbooks: catalogue and winning results in one, participants in another."""

from decimal import Decimal

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.models import Obligation, SupplyRank

ITEMS, WINNERS, PARTICIPANTS = "目录", "中选结果", "参加机构"
SMALLEST = Decimal("0.0001")
MOST = 99_999_999

ITEM_COLUMNS = (
    Column("position", "序号", Kind.WHOLE, minimum=1, maximum=999_999, width=7, help="排列顺序；空着排在最后。"),
    Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, help="项目内唯一。"),
    Column("lot", "标的", required=True, max_length=60),
    Column("product_group", "产品组", required=True, max_length=60, help="组内比较日均费用和降幅。"),
    Column("competition_unit", "竞争单元", required=True, max_length=60, help="单元内降幅最高的保留全部约定量。"),
    Column("variety", "品种名称", required=True, is_name=True, max_length=100, width=20),
    Column("dosage_form", "剂型", max_length=40, width=10),
    Column("specification", "规格", required=True, max_length=100, width=18),
    Column("unit", "最小制剂单位", required=True, max_length=10, width=8, help="片、粒、支、件等。"),
    Column("pack_quantity", "包装数量", Kind.WHOLE, required=True, minimum=1, maximum=1_000_000, width=9),
    Column("unified_code", "药品统一编码", Kind.CODE, max_length=40, width=20),
    Column("registration_no", "注册证号", max_length=60, width=18),
    Column("manufacturer_name", "生产企业", required=True, is_name=True, max_length=120, width=26),
    Column(
        "daily_usage", "日均使用量", Kind.DECIMAL, required=True, decimals=4,
        minimum=SMALLEST, maximum=MOST, help="最小制剂单位；未中选的产品也要填。",
    ),
    Column(
        "reference_price", "参考价", Kind.DECIMAL, decimals=4, minimum=SMALLEST, maximum=MOST,
        help="每个包装的价格，元；报量时用来估算金额。",
    ),
    Column("filling_note", "填报说明", max_length=200, width=24, help="报量时显示给医疗机构。"),
)  # fmt: skip

WINNER_COLUMNS = (
    Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, help="必须在“目录”里。"),
    Column(
        "uscc", "统一社会信用代码", Kind.CODE, required=True, length=18, width=22,
        help="中选企业的，18 位。",
    ),
    Column("enterprise", "中选企业", required=True, is_name=True, max_length=120, width=26),
    Column(
        "rank", "名次", Kind.WHOLE, minimum=1, maximum=999, width=8,
        help="在竞争单元内的名次，按名次分配时用。",
        optional=True,
    ),
    Column(
        "price", "包装中选价", Kind.DECIMAL, decimals=4,
        minimum=SMALLEST, maximum=MOST, help="每个最小包装的价格，元；可以以后补充，分量发布前必须有。",
        optional=True,
    ),
    Column(
        "pack", "最小包装数量", Kind.WHOLE, minimum=1, maximum=1_000_000,
        help="每包装含多少最小制剂单位；可以以后补充。",
        optional=True,
    ),
    Column(
        "daily_usage", "日均使用量", Kind.DECIMAL, decimals=4,
        minimum=SMALLEST, maximum=MOST, help="最小制剂单位；可以以后补充。",
        optional=True,
    ),
    Column(
        "cut", "降幅", Kind.DECIMAL, decimals=4, percent=True,
        minimum=0, maximum=100, help="52 即 52%；空着保持原来的。",
        optional=True,
    ),
    Column(
        "capacity", "最大产能", Kind.WHOLE, minimum=0, width=16,
        help="最小制剂单位；空着不限量。",
        optional=True,
    ),
    Column(
        "supply_rank", "主供/备供", Kind.CHOICE, choices=SupplyRank.choices, width=10,
        help="空着为主供。", optional=True,
    ),
    Column(
        "provinces", "供应省", max_length=400, width=30,
        help="用顿号隔开，如：湖北、山西；空着供应全部省份。",
        optional=True,
    ),
    Column(
        "primaries", "主供省", max_length=400, width=30,
        help="在这些省主供，在其余供应省备供；空着按“主供/备供”一列。",
        optional=True,
    ),
    Column(
        "is_new", "确认为新企业", Kind.YESNO, width=12,
        help="名称已登记在另一个统一社会信用代码下、确是另一家企业，或信用代码校验位不符、与证照核对无误时填“是”。",
        optional=True,
    ),
)  # fmt: skip

WINNER_SHEET = SheetSpec(WINNERS, WINNER_COLUMNS, key=("item_code", "uscc"), optional=True)
"""中选结果, the same in every workbook that brings them."""

CATALOGUE = WorkbookSpec(
    name="projects.catalogue",
    filename="目录和中选结果",
    sheets=(
        SheetSpec(ITEMS, ITEM_COLUMNS, key=("item_code",), optional=True),
        WINNER_SHEET,
    ),
)

PARTICIPANT_LIST = WorkbookSpec(
    name="projects.participants",
    filename="参加机构",
    sheets=(
        SheetSpec(
            PARTICIPANTS,
            (
                Column("code", "机构编码", Kind.CODE, required=True, max_length=30, width=18),
                Column("name", "机构名称", max_length=120, width=34, help="用来核对编码，可以不填。"),
                Column(
                    "obligation", "参加方式", Kind.CHOICE,
                    choices=Obligation.choices, width=10, help="空着为必报。",
                ),
            ),
            key=("code",),
        ),
    ),
)  # fmt: skip
