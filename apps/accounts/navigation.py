"""What accounts put into the portal's rail: system management."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.models.roles import ENTERPRISE_ROLES, Permission, Role
from apps.ui.navigation import Item


def if_main_account(request: HttpRequest) -> dict[str, Any] | None:
    user: Any = request.user
    return {} if user.is_main_account else None


ITEMS = (
    Item(
        "账号发放",
        "accounts:issue_list",
        "user-plus",
        permissions=(Permission.MANAGE_ACCOUNTS,),
        also=(
            "accounts:issue_enterprises",
            "accounts:issue_sheet",
            "administration:unit_import_with_accounts",
            "administration:enterprise_import",
        ),
    ),
    Item(
        "密码重置",
        "accounts:subordinate_list",
        "key",
        permissions=(Permission.RESET_PASSWORDS,),
        also=("accounts:subordinate_*", "accounts:token_list"),
    ),
    Item(
        "子用户管理",
        "accounts:sub_account_list",
        "users",
        kwargs_from=if_main_account,
        also=("accounts:sub_account_*",),
    ),
    Item(
        "双人审批",
        "accounts:approval_list",
        "shield-check",
        permissions=(Permission.QUERY,),
        roles=(Role.ALLIANCE, Role.PROVINCE, *ENTERPRISE_ROLES),
        also=("accounts:approval_decide",),
    ),
    Item("密码修改", "accounts:password_change", "lock"),
    Item(
        "账号安全",
        "accounts:account_security",
        "id",
        also=(
            "accounts:account_handover",
            "accounts:totp_*",
            "accounts:token_create",
            "subscriptions:*",
            "api:reference_*",
        ),
    ),
)
