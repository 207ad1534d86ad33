"""密码重置: the accounts below one's own unit. Accounts elsewhere are not found."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain import lockout
from apps.accounts.domain.authenticators import lift_factor
from apps.accounts.domain.passwords import ResetTwice, reset_password, set_active, unlock_account
from apps.accounts.domain.reads import subordinates_of
from apps.accounts.models import SheetKind
from apps.accounts.models.roles import Permission
from apps.accounts.pages.confirmations import TWICE, ask, stamp, unit_of
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.filters import SubordinateFilter
from apps.accounts.pages.issue import issue
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.tables import SubordinateTable
from apps.ui.lists import render_list, selected

LIST = "accounts:subordinate_list"


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
        table_kwargs={"locked": locked},
        context={
            "locked": locked,
            "may_switch": user.has(Permission.MANAGE_ACCOUNTS),
            "seen": timezone.now().isoformat(),
        },
    )


@requires(Permission.RESET_PASSWORDS)
@require_POST
def subordinate_reset_many(request: SignedInRequest) -> HttpResponse:
    """New passwords for the ticked accounts, on a sheet; those that changed since the page was made keep theirs."""
    user: Any = request.user
    accounts = subordinates_of(user)
    chosen = selected(request, queryset=accounts, filterset_class=SubordinateFilter)
    back = f"{reverse(LIST)}?{request.GET.urlencode()}"
    ids = list(chosen.values_list("pk", flat=True))
    seen = stamp(request)
    if seen is None:
        messages.warning(request, "页面已过期，没有重置任何密码，请重新勾选。")
        return redirect(back)
    return issue(request, SheetKind.RESETS, ids, back=back, seen=seen)


@requires(Permission.RESET_PASSWORDS)
@never_cache
def subordinate_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask (without JavaScript), then reset and show the new password in this one answer."""
    user: Any = request.user
    account = get_object_or_404(subordinates_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "重置密码", account)
    try:
        password = reset_password(by=request.actor, account_id=pk, seen=stamp(request))
    except ResetTwice:
        messages.warning(request, TWICE.format(username=account.username))
        return redirect(LIST)
    shown = {"account": account, "unit": unit_of(account), "password": password, "back": LIST}
    return render(request, "accounts/one_time_password.html", shown)


@requires(Permission.RESET_PASSWORDS)
def subordinate_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(subordinates_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "解锁", account)
    unlock_account(by=request.actor, account_id=pk)
    messages.success(request, f"账号 {account.username} 已解锁。")
    return redirect(LIST)


@requires(Permission.RESET_PASSWORDS)
def subordinate_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    """解除两步验证, for a lost telephone; the password stays."""
    user: Any = request.user
    account = get_object_or_404(subordinates_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "解除两步验证", account)
    lift_factor(by=request.actor, account_id=pk)
    messages.success(request, f"账号 {account.username} 的两步验证已解除。")
    return redirect(LIST)


@requires(Permission.MANAGE_ACCOUNTS)
def subordinate_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(subordinates_of(user), pk=pk)
    word = "启用" if active else "禁用"
    if request.method != "POST":
        return ask(request, LIST, word, account)
    set_active(by=request.actor, account_id=pk, active=active)
    messages.success(request, f"账号 {account.username} 已{word}。")
    return redirect(LIST)
