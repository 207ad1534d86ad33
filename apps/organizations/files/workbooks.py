"""Workbooks of units, enterprises and divisions."""

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.organizations.domain.doubts import VERIFIED_COLUMN
from apps.organizations.domain.vocabulary import GRADES, KINDS, OWNERSHIPS
from apps.organizations.models import Level

ADDRESS_COLUMN = Column(
    "address",
    "通信地址",
    max_length=200,
    width=40,
    help="印在三方协议上，可以留空",
    optional=True,
    aliases=("地址",),
)
UNITS = WorkbookSpec(
    "organizations.units",
    filename="医疗机构",
    sheets=(
        SheetSpec(
            "医疗机构",
            (
                Column(
                    "code", "机构编码", Kind.CODE, required=True, max_length=30, width=18,
                    help="国家医保定点机构代码；登录用户名与它相同，以后不能更改",
                ),
                Column("name", "机构名称", required=True, is_name=True, max_length=120, width=34),
                Column(
                    "parent_code", "上级编码", Kind.CODE, required=True, max_length=30,
                    help="直接管理它的医保部门：区县、市的行政区划代码，或省的两位代码",
                ),
                Column("grade", "等级", Kind.CHOICE, choices=GRADES),
                Column("ownership", "所有制", Kind.CHOICE, choices=OWNERSHIPS),
                Column("kind", "类型", Kind.CHOICE, choices=KINDS, width=18, aliases=("机构类型",)),
                Column("contact_name", "联系人", is_name=True, max_length=50),
                Column("phone", "联系电话", Kind.CODE, max_length=30, aliases=("电话",)),
                Column(
                    "through_code", "由其代报", Kind.CODE, max_length=30, width=18,
                    help="不独立上报的分院、站点填写代其上报的机构编码，其他留空",
                ),
                ADDRESS_COLUMN,
            ),
            key=("code",),
        ),
    ),
)  # fmt: skip

ENTERPRISES = WorkbookSpec(
    "organizations.enterprises",
    filename="生产企业",
    sheets=(
        SheetSpec(
            "生产企业",
            (
                Column(
                    "uscc", "统一社会信用代码", Kind.CODE, required=True, max_length=18, width=24
                ),
                Column("name", "企业名称", required=True, is_name=True, max_length=120, width=40),
                VERIFIED_COLUMN,
                ADDRESS_COLUMN,
            ),
            key=("uscc",),
        ),
    ),
)

DIVISIONS = WorkbookSpec(
    "organizations.divisions",
    filename="行政区划",
    sheets=(
        SheetSpec(
            "行政区划",
            (
                Column("code", "行政区划代码", Kind.CODE, required=True, length=6),
                Column("name", "名称", required=True, is_name=True, max_length=60, width=24),
                Column(
                    "level", "级别", Kind.CHOICE, required=True,
                    choices=((Level.PROVINCE, "省级"), (Level.CITY, "地市级"), (Level.COUNTY, "区县级")),
                ),
                Column("parent_id", "上级代码", Kind.CODE, length=6, help="省级不填"),
            ),
            key=("code",),
        ),
    ),
)  # fmt: skip
