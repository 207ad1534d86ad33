"""What the rail shows of allocation: the institution's four pages, agreements, the alliance's preparation."""

from apps.accounts.models.roles import Permission, Role
from apps.review.navigation import OWN_FILING
from apps.ui.navigation import Item

INSTITUTION = (Role.INSTITUTION,)
BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
READ = (Permission.QUERY,)
STOPS = ("allocation:stop_*",)


def _item(title: str, page: str, icon: str, **fields: object) -> Item:
    """An item that leads to the project last looked at and counts as current in all of them."""
    more = fields.pop("also", ())
    also = (f"allocation:{page}", *more)  # type: ignore[misc]
    filling = f"allocation:{page}" if fields.get("roles") == INSTITUTION else ""
    return Item(title, f"allocation:{page}_latest", icon, also=also, filling=filling, **fields)  # type: ignore[arg-type]


INSTITUTION_ITEMS = (
    _item(
        "供应清单列表",
        "supply_list",
        "list-details",
        permissions=READ,
        roles=INSTITUTION,
        also=STOPS,
    ),
    _item(
        "中选产品采购量确认",
        "selected_list",
        "clipboard-check",
        permissions=READ,
        roles=INSTITUTION,
        also=("allocation:adjusted_list",),
    ),
    _item(
        "待分配量选择和确认",
        "pending_list",
        "arrows-split",
        permissions=READ,
        roles=INSTITUTION,
        also=("allocation:slot_edit", "allocation:pending_fill"),
    ),
    _item(
        "分配采购量确认上报",
        "report_detail",
        "send",
        permissions=READ,
        roles=INSTITUTION,
        also=OWN_FILING,
        subject="allocation",
    ),
)
BUREAU_ITEMS = (
    *(
        _item(
            "中选企业协议量明细",
            "agreement_list",
            "file-spreadsheet",
            permissions=READ,
            roles=roles,
            also=also,
        )
        for roles, also in (
            ((*BUREAUS, Role.INSTITUTION), ("allocation:unplaced_list",)),
            ((Role.MANUFACTURER,), OWN_FILING),
        )
    ),
    _item(
        "供应清单列表",
        "supply_list",
        "list-details",
        permissions=READ,
        roles=BUREAUS,
        also=STOPS,
    ),
)
ALLIANCE_ITEMS = (
    Item(
        "生成分量任务",
        "allocation:generation_start",
        "plus",
        permissions=(Permission.MANAGE,),
        also=("allocation:generation_detail",),
    ),
    _item(
        "分配量",
        "volume_list",
        "database",
        permissions=(Permission.MANAGE,),
        also=("allocation:volume_import",),
    ),
    _item("固定份额企业", "designation_list", "award", permissions=(Permission.MANAGE,)),
    _item("产能", "pool_list", "building-factory-2", permissions=(Permission.MANAGE,)),
    _item(
        "系统代分",
        "substitution_list",
        "arrows-exchange",
        permissions=(Permission.MANAGE,),
        also=("allocation:substitution_run", "allocation:substitution_detail"),
    ),
)
