"""启用, 禁用 and 重置密码 of an issued distributor (S4-21, S4-37)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from apps.accounts.domain.passwords import ResetTwice, reset_password, set_active
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.confirmations import TWICE, ask, stamp, unit_of
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.reads import distributors_of

LIST = "distribution:distributor_list"
PROVINCE = (Role.PROVINCE,)


def _account(request: SignedInRequest, pk: int) -> User:
    """The user of a distributor; one that was not issued has none (S4-36)."""
    row = get_object_or_404(distributors_of(request.user), pk=pk)
    if row.user is None:
        raise Http404
    account: User = row.user
    return account


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    account = _account(request, pk)
    word = "启用" if active else "禁用"
    if request.method != "POST":
        return ask(request, LIST, word, account)
    set_active(by=request.actor, account_id=account.pk, active=active)
    messages.success(request, f"账号 {account.username} 已{word}。")
    return redirect(LIST)


@requires(Permission.MANAGE_ACCOUNTS, Permission.RESET_PASSWORDS, roles=PROVINCE)
@never_cache
def distributor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask (without JavaScript), then reset and show the new password in this one answer."""
    account = _account(request, pk)
    if request.method != "POST":
        return ask(request, LIST, "重置密码", account)
    try:
        password = reset_password(by=request.actor, account_id=account.pk, seen=stamp(request))
    except ResetTwice:
        messages.warning(request, TWICE.format(username=account.username))
        return redirect(LIST)
    shown = {"account": account, "unit": unit_of(account), "password": password, "back": LIST}
    return render(request, "accounts/one_time_password.html", shown)
