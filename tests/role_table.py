"""The role table of docs/architecture.md, drawn from the policy that is in force."""

from apps.accounts.models.roles import ROLE_PERMISSIONS, Permission, Role


def markdown() -> str:
    """One row per role, one column per kind of act."""
    head = "| 角色 | " + " | ".join(permission.label for permission in Permission) + " |"
    rule = "|---" * (len(Permission) + 1) + "|"
    rows = [
        f"| {role.label} | "
        + " | ".join(
            "●" if permission in ROLE_PERMISSIONS[role] else "" for permission in Permission
        )
        + " |"
        for role in Role
    ]
    return "\n".join([head, rule, *rows])
