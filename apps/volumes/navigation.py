"""What the rail shows: bases and agreed volumes, for everybody in his own subtree (S2-08)."""

from apps.accounts.roles import Permission, Role
from apps.ui.navigation import Item

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
VIEWERS = (*BUREAUS, Role.INSTITUTION)
ITEMS = (
    Item(
        "约定采购量计算基数",
        "volumes:base_detail_latest",
        "file-spreadsheet",
        permissions=(Permission.QUERY,),
        roles=VIEWERS,
        also=("volumes:base_detail", "volumes:base_generate", "volumes:conversion_import"),
    ),
    Item(
        "约定采购量",
        "volumes:agreed_list_latest",
        "award",
        permissions=(Permission.QUERY,),
        roles=VIEWERS,
        also=(
            "volumes:agreed_list",
            "volumes:agreed_detail",
            "volumes:rule_edit",
            "volumes:unit_list",
            "volumes:result_import",
            "volumes:what_if",
        ),
    ),
)
