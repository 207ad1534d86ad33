"""统一门户: for visitors the list of systems, for accounts what waits for them."""

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
from apps.notices.models import Notice, NoticeKind
from apps.portal.domain.todos import desk_of
from apps.portal.pages.systems import systems

NOTICES_SHOWN = 5


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
    notices = Notice.objects.all().for_reader(user).filter(kind=NoticeKind.NOTICE)
    shown = {
        "desk": desk_of(user, at=timezone.now()),
        "notices": notices.with_read(user).recent_first()[:NOTICES_SHOWN],
        "reports_volumes": user.role == Role.INSTITUTION and user.has(Permission.QUERY),
    }
    return render(request, "portal/home.html", shown)
