"""What the portal puts into the rail."""

from apps.accounts.models.roles import Permission, Role
from apps.ui.navigation import Item

SUPERIORS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
"""Who reads the changes of its subtree."""
SEAL_READERS = (Role.ALLIANCE, Role.AUDIT)
NOTICE_PAGES = (
    "notices:notice_detail",
    "notices:notice_written",
    "notices:notice_create",
    "notices:notice_edit",
    "notices:notice_withdraw",
    "notices:receipt_list",
)
MESSAGE_PAGES = ("notices:message_detail", "notices:message_create")
ITEMS = (
    Item("首页", "portal:home", "home", also=("portal:round_list", "portal:manual_*")),
    Item("通知", "notices:notice_list", "bell", also=NOTICE_PAGES),
    Item("消息", "notices:message_list", "message-report", also=MESSAGE_PAGES),
    Item("下载", "portal:download_list", "download"),
    Item("常见问题", "portal:faq", "help-circle"),
)
LOG_ITEMS = (
    Item("我的任务", "jobs:job_list", "progress", also=("jobs:*",)),
    Item("操作日志", "audit:log_list", "history", permissions=(Permission.QUERY,)),
    Item(
        "变更记录",
        "audit:change_list",
        "edit",
        permissions=(Permission.QUERY,),
        roles=SUPERIORS,
        also=("audit:change_detail",),
    ),
    Item("审计封印", "audit:seal_list", "shield-check", roles=SEAL_READERS),
)
