"""What the rail shows of projects."""

from apps.accounts.models.roles import Permission
from apps.ui.navigation import Item

ITEMS = (
    Item(
        "项目列表",
        "projects:project_list",
        "stack-2",
        permissions=(Permission.QUERY,),
        also=("projects:*", "rehearsals:*"),
    ),
)
