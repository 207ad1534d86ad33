"""The column table of winning results, with the rules of competition units and the classes of items."""

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.projects.files.columns import WINNER_SHEET
from apps.volumes.files.columns import CLASSES, LINEAR_TITLES, UNITS
from apps.volumes.models import RatioClass, Rule, Sharing
from apps.volumes.models.rules import LINEAR

RESULT_BOOK = WorkbookSpec(
    name="volumes.results",
    filename="中选结果和竞争单元规则",
    sheets=(
        WINNER_SHEET,
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
                    help="空着按中选结果计数；0 表示没有中选。发布前须与中选结果一致。",
                ),
                Column(
                    "sharing", "一个品规几家中选", Kind.CHOICE, choices=Sharing.choices, width=18,
                    help="空着按项目的规则。", optional=True,
                ),
                *(
                    Column(
                        name, title, Kind.DECIMAL, decimals=4, percent=True, minimum=0, maximum=100,
                        help="按降幅计算用；五列都空着按项目的规则。", optional=True,
                    )
                    for name, title in zip(LINEAR, LINEAR_TITLES, strict=True)
                ),
            ),
            key=("competition_unit",),
            optional=True,
        ),
        SheetSpec(
            CLASSES,
            (
                Column("item_code", "品规编号", Kind.CODE, required=True, max_length=30, width=16),
                Column("variety", "品种名称", width=20, help="用来核对，可以不填。"),
                Column("specification", "规格", width=18, help="用来核对，可以不填。"),
                Column(
                    "ratio_class", "品种类别", Kind.CHOICE, choices=RatioClass.choices, width=14,
                    help="空着按竞争单元的类别。",
                ),
            ),
            key=("item_code",),
            optional=True,
        ),
    ),
)  # fmt: skip
