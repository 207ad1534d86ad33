"""The column tables of what bureaus and the alliance take out: what was dealt out, found no place, or stopped."""

from apps.allocation.files.columns import ITEM, WINNER
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec

SUBSTITUTION = "系统代分预演"
UNPLACED_ITEMS, UNPLACED_UNITS = "按品规", "按医疗机构"
STOPS = "取消中选明细"

SUBSTITUTION_BOOK = WorkbookSpec(
    name="allocation.substitution",
    filename="系统代分预演",
    sheets=(
        SheetSpec(
            SUBSTITUTION,
            (
                Column("code", "机构编码", Kind.CODE, width=18),
                Column("name", "医疗机构", width=30),
                Column("source", "分配来源", width=30),
                Column("source_code", "来源品规编号", Kind.CODE, width=16),
                Column("slot", "分配项", width=16),
                Column("item_code", "中选品规编号", Kind.CODE, width=16),
                Column("specification", "规格", width=26),
                Column("enterprise", "中选企业", width=28),
                Column("unit", "单位", width=8),
                Column("contract", "合同量", Kind.WHOLE),
                Column("unplaced", "未能分配", Kind.WHOLE),
            ),
        ),
    ),
)
_UNPLACED = (
    *ITEM,
    Column("product_group", "产品组", width=18),
    Column("unit", "单位", width=8),
)
UNPLACED_BOOK = WorkbookSpec(
    name="allocation.unplaced",
    filename="未能分配",
    sheets=(
        SheetSpec(
            UNPLACED_ITEMS,
            (
                *_UNPLACED,
                Column("unplaced", "未能分配", Kind.WHOLE, help="最小制剂单位。"),
                Column("institutions", "医疗机构（家）", Kind.WHOLE),
            ),
        ),
        SheetSpec(
            UNPLACED_UNITS,
            (
                Column("code", "机构编码", Kind.CODE, width=18),
                Column("name", "医疗机构", width=30),
                Column("region", "地区", width=16),
                *_UNPLACED,
                Column("pending", "待分配量", Kind.WHOLE),
                Column("unplaced", "未能分配", Kind.WHOLE),
                Column("status", "申报状态", width=16),
            ),
        ),
    ),
)
STOP_BOOK = WorkbookSpec(
    name="allocation.stop",
    filename="取消中选明细",
    sheets=(
        SheetSpec(
            STOPS,
            (
                Column("code", "机构编码", Kind.CODE, width=18),
                Column("name", "医疗机构", width=30),
                *ITEM,
                *WINNER,
                Column("since", "自", width=12),
                Column("unit", "单位", width=8),
                Column("kept", "原确认量", Kind.WHOLE),
                Column("contract", "原合同量", Kind.WHOLE),
                Column("instead", "替补承接", width=50),
                Column("confirmed", "重新确认", width=20),
                Column("status", "申报状态", width=16),
            ),
        ),
    ),
)
