"""Who the token is."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema

from apps.accounts.models.roles import Permission
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes

router = Router()


class TokenOut(Schema):
    name: str
    rights: list[str]
    networks: list[str]
    all_projects: bool
    expires_at: datetime


class AccountOut(Schema):
    username: str
    name: str
    role: str
    role_name: str
    unit_code: str
    unit_name: str
    token: TokenOut


@router.get(
    "/me",
    response=AccountOut,
    summary="令牌是谁的",
    description="账号、单位，以及令牌现在能用的权限。",
)
@takes()
def me(request: ProgramRequest) -> dict[str, Any]:
    user: Any = request.user
    token = request.token
    unit = user.organization or user.enterprise
    return {
        "username": user.username,
        "name": user.name,
        "role": user.role,
        "role_name": user.get_role_display(),
        "unit_code": getattr(unit, "code", None) or getattr(unit, "uscc", ""),
        "unit_name": str(unit),
        "token": {
            "name": token.name,
            "rights": [code for code in Permission.values if code in user.permissions],
            "networks": token.networks,
            "all_projects": token.project_ids is None,
            "expires_at": token.expires_at,
        },
    }
