"""What 机构管理 puts into the portal's rail."""

from apps.accounts.roles import Permission, Role
from apps.ui.navigation import Item

UNIT_PAGES = (
    "administration:unit_create",
    "administration:unit_edit",
    "administration:unit_enable",
    "administration:unit_disable",
    "administration:unit_import",
    "administration:unit_import_with_accounts",
    "administration:enterprise_import",
    "administration:password_address",
)
ITEMS = (
    Item(
        "机构管理",
        "administration:unit_list",
        "building-hospital",
        permissions=(Permission.QUERY,),
        roles=(Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY),
        also=UNIT_PAGES,
    ),
)
DEMAND_ITEMS = (
    Item(
        "地市医疗机构管理",
        "administration:institution_list",
        "building-hospital",
        permissions=(Permission.QUERY,),
        roles=(Role.PROVINCE, Role.CITY, Role.COUNTY),
    ),
)
