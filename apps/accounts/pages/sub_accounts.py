"""子用户管理: a main account's own sub-accounts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain import lockout
from apps.accounts.domain.grants import granted_names
from apps.accounts.domain.reads import sub_accounts_of
from apps.accounts.domain.sub_accounts import create_sub_account, update_sub_account
from apps.accounts.models import User
from apps.accounts.pages.account_acts import reset, switch, unbind, unlock
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.sub_account_form import SubAccountForm
from apps.accounts.pages.tables import SubAccountTable
from apps.ui.lists import render_list
from apps.ui.pages.drafts import take
from apps.ui.pages.versions import seen_of

LIST = "accounts:sub_account_list"


def _own(request: SignedInRequest, pk: int) -> User:
    account: User = get_object_or_404(sub_accounts_of(request.user), pk=pk)
    return account


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
    account = _own(request, pk)
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
    account = _own(request, pk)
    return reset(request, account, unit=account.name, back=LIST)


@requires(main_account=True)
def sub_account_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    return unlock(request, _own(request, pk), back=LIST)


@requires(main_account=True)
def sub_account_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    return unbind(request, _own(request, pk), back=LIST)


@requires(main_account=True)
def sub_account_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    return switch(request, _own(request, pk), active=active, back=LIST)
