"""子用户管理: a main account's own sub-accounts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain import lockout
from apps.accounts.domain.authenticators import lift_factor
from apps.accounts.domain.grants import granted_names
from apps.accounts.domain.passwords import ResetTwice, reset_password, set_active, unlock_account
from apps.accounts.domain.reads import sub_accounts_of
from apps.accounts.domain.sub_accounts import create_sub_account, update_sub_account
from apps.accounts.pages.confirmations import TWICE, ask, stamp
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.sub_account_form import SubAccountForm
from apps.accounts.pages.tables import SubAccountTable
from apps.ui.lists import render_list
from apps.ui.pages.drafts import take
from apps.ui.pages.versions import seen_of

LIST = "accounts:sub_account_list"


@requires(main_account=True)
@require_GET
def sub_account_list(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    locked = lockout.locked_usernames()
    accounts = sub_accounts_of(user)
    return render_list(
        request,
        "accounts/sub_account_list.html",
        table_class=SubAccountTable,
        queryset=accounts.order_by("username"),
        table_kwargs={"locked": locked, "projects": granted_names(accounts)},
        context={"locked": locked},
    )


@requires(main_account=True)
@never_cache
def sub_account_create(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    form = SubAccountForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account, password = create_sub_account(by=request.actor, **form.given())
        take(request)
        shown = {"account": account, "unit": account.name, "password": password, "back": LIST}
        return render(request, "accounts/one_time_password.html", shown)
    return render(request, "accounts/sub_account_form.html", {"form": form, "account": None})


@requires(main_account=True)
def sub_account_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(sub_accounts_of(user), pk=pk)
    form = SubAccountForm(user, request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        seen = seen_of(form, again=lambda row: [SubAccountForm(user, account=row)])
        update_sub_account(by=request.actor, account_id=pk, seen=seen, **form.given())
        messages.success(request, f"子账号 {account.username} 已保存。")
        return redirect(LIST)
    return render(request, "accounts/sub_account_form.html", {"form": form, "account": account})


@requires(main_account=True)
@never_cache
def sub_account_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(sub_accounts_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "重置密码", account)
    try:
        password = reset_password(by=request.actor, account_id=pk, seen=stamp(request))
    except ResetTwice:
        messages.warning(request, TWICE.format(username=account.username))
        return redirect(LIST)
    shown = {"account": account, "unit": account.name, "password": password, "back": LIST}
    return render(request, "accounts/one_time_password.html", shown)


@requires(main_account=True)
def sub_account_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(sub_accounts_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "解锁", account)
    unlock_account(by=request.actor, account_id=pk)
    messages.success(request, f"账号 {account.username} 已解锁。")
    return redirect(LIST)


@requires(main_account=True)
def sub_account_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    """解除两步验证, for a lost telephone; the password stays."""
    user: Any = request.user
    account = get_object_or_404(sub_accounts_of(user), pk=pk)
    if request.method != "POST":
        return ask(request, LIST, "解除两步验证", account)
    lift_factor(by=request.actor, account_id=pk)
    messages.success(request, f"账号 {account.username} 的两步验证已解除。")
    return redirect(LIST)


@requires(main_account=True)
def sub_account_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    user: Any = request.user
    account = get_object_or_404(sub_accounts_of(user), pk=pk)
    word = "启用" if active else "禁用"
    if request.method != "POST":
        return ask(request, LIST, word, account)
    set_active(by=request.actor, account_id=pk, active=active)
    messages.success(request, f"账号 {account.username} 已{word}。")
    return redirect(LIST)
