"""What the rail shows: one entry for the tiers that look at others' volumes (S2-08)."""

from apps.accounts.models.roles import Permission, Role
from apps.ui.navigation import Item

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
ITEMS = (
    Item(
        "多维度查看",
        "analysis:project_list",
        "table",
        permissions=(Permission.QUERY,),
        roles=BUREAUS,
        also=("analysis:*",),
    ),
)
