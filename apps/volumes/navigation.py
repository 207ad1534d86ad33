"""What the rail shows: bases and agreed volumes; institutions have one entry, tabs lead from one to the other."""

from apps.accounts.models.roles import Permission, Role
from apps.ui.navigation import Item

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
VIEWERS = (*BUREAUS, Role.INSTITUTION)
AGREED_PAGES = (
    *("volumes:agreed_list", "volumes:agreed_detail", "volumes:rule_edit"),
    *("volumes:unit_list", "volumes:unit_edit", "volumes:result_import", "volumes:what_if"),
    "volumes:vacancy_list",
)
ITEMS = (
    Item(
        "约定采购量计算基数",
        "volumes:base_detail_latest",
        "file-spreadsheet",
        permissions=(Permission.QUERY,),
        roles=BUREAUS,
        also=("volumes:base_detail", "volumes:base_generate", "volumes:conversion_import"),
    ),
    Item(
        "约定采购量",
        "volumes:agreed_list_latest",
        "award",
        permissions=(Permission.QUERY,),
        roles=BUREAUS,
        also=AGREED_PAGES,
    ),
    Item(
        "约定采购量",
        "volumes:agreed_list_latest",
        "award",
        permissions=(Permission.QUERY,),
        roles=(Role.INSTITUTION,),
        also=(*AGREED_PAGES, "volumes:base_detail"),
    ),
)
