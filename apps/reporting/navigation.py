"""What the rail shows of demand reporting: the institution's pages; varieties for everybody."""

from apps.accounts.models.roles import Permission, Role
from apps.review.navigation import OWN_FILING
from apps.ui.navigation import Item

INSTITUTION = (Role.INSTITUTION,)
BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
READ = (Permission.QUERY,)


def institutions_title(role: str) -> str:
    """S3-06 names the city's page."""
    return {Role.CITY: "地市医疗机构管理", Role.COUNTY: "区县医疗机构管理"}.get(
        Role(role), "医疗机构管理"
    )


def _item(
    title: str,
    page: str,
    icon: str,
    *,
    roles: tuple[Role, ...],
    also: tuple[str, ...] = (),
    fills: bool = False,
    subject: str = "",
) -> Item:
    """An item that leads to the project last looked at and counts as current in all of them."""
    return Item(
        title,
        f"reporting:{page}_latest",
        icon,
        permissions=READ,
        roles=roles,
        also=(f"reporting:{page}", *also),
        filling=f"reporting:{page}" if fills else "",
        subject=subject,
    )


INSTITUTION_ITEMS = (
    Item("新批次报量", "reporting:batch_latest", "plus", permissions=READ, roles=INSTITUTION),
    _item("品种名称查询", "variety_list", "list-search", roles=INSTITUTION, fills=True),
    _item(
        "采购需求维护",
        "demand_edit",
        "edit",
        roles=INSTITUTION,
        also=(
            "reporting:demand_check",
            "reporting:demand_import",
            "reporting:letter_edit",
            "reporting:doubt_list",
        ),
        fills=True,
    ),
    _item(
        "审查结果查看",
        "result_list",
        "clipboard-check",
        roles=INSTITUTION,
        also=("review:withdrawal_ask", "review:attachment_*", *OWN_FILING),
        fills=True,
        subject="demand",
    ),
    Item("历史报量查询", "reporting:history_list", "history", permissions=READ, roles=INSTITUTION),
)
BUREAU_ITEMS = (
    _item("品种名称查询", "variety_list", "list-search", roles=BUREAUS),
    *(
        _item(
            institutions_title(role),
            "institution_list",
            "building-hospital",
            roles=(role,),
            also=("review:attachment_detail",),
        )
        for role in BUREAUS
    ),
)
HISTORY_ITEMS = (
    _item(
        "历史采购量",
        "purchase_list",
        "database",
        roles=BUREAUS,
        also=("reporting:purchase_import",),
    ),
    _item("历史数核定", "doubt_list", "history", roles=BUREAUS),
    Item(
        "代为填报",
        "reporting:maintenance_list_latest",
        "edit",
        permissions=(Permission.MAINTAIN,),
        roles=(Role.PROVINCE,),
        also=("reporting:maintenance_list", "reporting:maintenance_import"),
    ),
)
"""What the province keeps for its institutions, and what the bureaus below may look at."""
