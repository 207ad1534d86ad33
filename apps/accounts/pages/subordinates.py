"""密码重置: the accounts below one's own unit. Accounts elsewhere are not found."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain import lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import ApprovalRefused
from apps.accounts.domain.passwords import (
    BEYOND,
    SecondPersonNeeded,
    ask_reset,
    must_ask_first,
)
from apps.accounts.domain.reads import reaches, resettable_by, subordinates_of
from apps.accounts.models import SheetKind, User
from apps.accounts.models.roles import Permission
from apps.accounts.pages.account_acts import (
    ask,
    reset,
    stamp,
    switch,
    unbind,
    unit_of,
    unlock,
)
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.filters import SubordinateFilter
from apps.accounts.pages.issue import issue
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.tables import SubordinateTable
from apps.ui.lists import render_list, selected

LIST = "accounts:subordinate_list"
ALONE = "其中 {number:,} 个账号没有重置：省医保账号的密码须逐个申请并由另一人批准，权限超出您的子账号的须由主账号办理。"


def below(user: Any, pk: int) -> User:
    """An account below the viewer's unit and in the reach of its own account."""
    account: User = get_object_or_404(subordinates_of(user), pk=pk)
    if not reaches(user, account):
        raise PermissionDenied(BEYOND)
    return account


def _ask_second_person(request: SignedInRequest, account: User) -> HttpResponse:
    """The first press asks; once another person approved, the next one resets."""
    actor: Actor = request.actor
    try:
        asked = ask_reset(by=actor, account_id=account.pk)
    except ApprovalRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, f"已申请{asked.title}，由平台管理员批准后再次点击“重置密码”办理。"
        )
    return redirect("accounts:approval_list")


@requires(Permission.RESET_PASSWORDS)
@require_GET
def subordinate_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    locked = lockout.locked_usernames()
    return render_list(
        request,
        "accounts/subordinate_list.html",
        table_class=SubordinateTable,
        filterset_class=SubordinateFilter,
        queryset=subordinates_of(user).order_by("path", "username"),
        table_kwargs={"locked": locked, "viewer": user},
        context={
            "locked": locked,
            "may_switch": user.has(Permission.MANAGE_ACCOUNTS),
            "seen": timezone.now().isoformat(),
        },
    )


@requires(Permission.RESET_PASSWORDS)
@require_POST
def subordinate_reset_many(request: SignedInRequest) -> HttpResponse:
    """New passwords for the ticked accounts, on a sheet; those that changed since the page was made keep theirs.

    Those that need a second person, or are beyond the reach of a sub-account, are left alone and counted.
    """
    user: Any = request.user
    accounts = subordinates_of(user)
    chosen = selected(request, queryset=accounts, filterset_class=SubordinateFilter)
    back = f"{reverse(LIST)}?{request.GET.urlencode()}"
    ids = list(chosen.filter(pk__in=resettable_by(user)).values_list("pk", flat=True))
    if left := chosen.count() - len(ids):
        messages.warning(request, ALONE.format(number=left))
    seen = stamp(request)
    if seen is None:
        messages.warning(request, "页面已过期，没有重置任何密码，请重新勾选。")
        return redirect(back)
    return issue(request, SheetKind.RESETS, ids, back=back, seen=seen)


@requires(Permission.RESET_PASSWORDS)
@never_cache
def subordinate_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask (without JavaScript), then reset and show the new password in this one answer."""
    account = below(request.user, pk)
    if request.method != "POST":
        is_first = must_ask_first(request.actor, account)
        return ask(request, LIST, "申请重置密码" if is_first else "重置密码", account)
    try:
        return reset(request, account, unit=unit_of(account), back=LIST)
    except SecondPersonNeeded:
        return _ask_second_person(request, account)


@requires(Permission.RESET_PASSWORDS)
def subordinate_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    return unlock(request, below(request.user, pk), back=LIST)


@requires(Permission.RESET_PASSWORDS)
def subordinate_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    return unbind(request, below(request.user, pk), back=LIST)


@requires(Permission.MANAGE_ACCOUNTS)
def subordinate_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    return switch(request, below(request.user, pk), active=active, back=LIST)
