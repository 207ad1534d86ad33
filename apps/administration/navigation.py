"""What 机构管理 puts into the portal's rail; bureaus come to 机构变更 from there."""

from apps.accounts.models.roles import Permission, Role
from apps.ui.navigation import Item

ITEMS = (
    Item(
        "机构管理",
        "administration:unit_list",
        "building-hospital",
        permissions=(Permission.QUERY,),
        roles=(Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY),
        also=(
            "administration:unit_create",
            "administration:unit_edit",
            "administration:unit_enable",
            "administration:unit_disable",
            "administration:unit_import",
            "administration:password_address",
            "administration:change_*",
        ),
    ),
    Item(
        "机构变更",
        "administration:change_list",
        "arrows-exchange",
        permissions=(Permission.QUERY,),
        roles=(Role.INSTITUTION,),
        also=("administration:change_*",),
    ),
)
