"""统一门户: for visitors the list of systems, for accounts what waits for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain.second_factor import missing_factor
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import public
from apps.accounts.pages.redirects import send_to
from apps.notices.reading import ask_latest, ask_unread
from apps.portal.domain.todos import desk_of
from apps.ui.navigation import SUBSYSTEMS

DESCRIPTIONS: Mapping[str, str] = {
    "portal": "待办、通知、下载、账号和密码、操作日志。",
    "demand": "医疗机构填报采购需求量，医保部门逐级审核汇总。",
    "allocation": "确认中选产品采购量，把待分配量分给中选企业，逐级审核，形成协议采购量。",
    "distribution": "中选企业选择配送企业，配送企业答复并维护配送区域。",
}


@dataclass(frozen=True, slots=True)
class System:
    """One card of the visitors' page."""

    title: str
    icon: str
    description: str


def systems() -> list[System]:
    return [
        System(subsystem.title, subsystem.icon, DESCRIPTIONS[subsystem.key])
        for subsystem in SUBSYSTEMS.values()
        if subsystem.items
    ]


@public
@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Public, so it asks itself whether an account may go on (first password, second factor)."""
    user: Any = request.user
    if not user.is_authenticated:
        shown = {"systems": systems(), "support_phone": settings.SUPPORT_PHONE}
        return render(request, "portal/welcome.html", shown)
    if user.is_staff:
        return redirect("/admin/")
    if page := missing_factor(user):
        return send_to(request, page, sentence="请先完成两步验证。")
    if user.must_change_password:
        return send_to(request, "accounts:password_change", sentence="请先修改初始密码。")
    unread, latest = ask_unread(user), ask_latest(user)
    request.unread = unread  # type: ignore[attr-defined]  # for the bell
    shown = {
        "desk": desk_of(user, at=timezone.now(), along=[unread, latest]),
        "notices": latest.answer if latest else [],
        "reports_volumes": user.role == Role.INSTITUTION and user.has(Permission.QUERY),
    }
    return render(request, "portal/home.html", shown)
