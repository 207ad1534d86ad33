"""Column tables of delivery's workbooks."""

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.organizations.domain.doubts import VERIFIED_COLUMN
from apps.organizations.files.workbooks import ADDRESS_COLUMN

DISTRIBUTORS = "配送企业"
DISTRIBUTOR_COLUMNS = (
    Column(
        "provincial_account", "省级耗材网采用户名", Kind.CODE, max_length=30, width=22,
        help="省平台账号，只用字母、数字和 . _ -；没有的留空，系统按顺序号生成用户名",
        aliases=("省平台账号", "省级网采用户名"),
    ),
    Column(
        "name", "配送企业名称", required=True, is_name=True, max_length=120, width=36,
        help="与营业执照一致的全称", aliases=("企业名称",),
    ),
    Column(
        "uscc", "统一社会信用代码", Kind.CODE, required=True, length=18, max_length=18, width=24,
        help="营业执照上的 18 位代码，末位是校验位",
    ),
    Column("legal_representative", "法人", required=True, is_name=True, max_length=50, help="法定代表人姓名"),
    Column("authorized_person", "被授权人", required=True, is_name=True, max_length=50, help="使用账号的经办人姓名"),
    Column(
        "phone", "联系电话", Kind.CODE, required=True, max_length=30, width=18,
        help="被授权人的手机号（11 位）或带区号的座机（如 027-87654321）",
    ),
    VERIFIED_COLUMN,
    ADDRESS_COLUMN,
)  # fmt: skip
DISTRIBUTOR_BOOK = WorkbookSpec(
    "distribution.distributors",
    filename="配送企业账号",
    sheets=(SheetSpec(DISTRIBUTORS, DISTRIBUTOR_COLUMNS),),
)
