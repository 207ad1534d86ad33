"""Acts on one account of 密码重置, 子用户管理 and the lists of distributors: asked, done, told.

The page that asks is for browsers without JavaScript; dialogs ask the others, but for 禁用, whose page says first what
hangs on the unit or enterprise. Which accounts a viewer reaches the views
say, which right an act needs its service.
"""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.domain.authenticators import lift_factor
from apps.accounts.domain.passwords import (
    ResetTwice,
    SecondPersonNeeded,
    reset_password,
    set_active,
    unlock_account,
)
from apps.accounts.domain.switching import hangs_on
from apps.accounts.models import User
from apps.accounts.pages.requests import SignedInRequest

DISABLE = "禁用"
TWICE = "账号 {username} 的密码刚刚已被重置或修改，没有再次重置。请核对后再操作。"
EFFECTS = {
    "重置密码": "将为账号 {username}（{unit}）生成新的一次性密码，原密码立即失效，正在使用的登录会退出。"
    "新密码只显示一次，请转告对方；对方登录后须自行修改。登录锁定和两步验证的绑定也一并解除。",
    "申请重置密码": "将申请重置账号 {username}（{unit}）的密码，须由另一人在“双人审批”中批准。"
    "批准之后由您再次点击办理，届时才生成新的一次性密码；此前原密码照常使用。",
    "解锁": "将解除账号 {username}（{unit}）的登录锁定，对方可以立即重新登录。",
    "解除两步验证": "将解除账号 {username}（{unit}）的两步验证，对方登录只需要密码，可以重新绑定。"
    "请先确认是对方本人提出的；操作会记入日志。",
    "启用": "将启用账号 {username}（{unit}），对方可以用原密码登录。",
    DISABLE: "将禁用账号 {username}（{unit}），对方立即退出，不能再登录；可以随时重新启用。",
}


def ask(request: HttpRequest, back: str, act: str, account: User) -> HttpResponse:
    effect = EFFECTS[act].format(username=account.username, unit=unit_of(account))
    hanging = hangs_on(account.path, account.role) if _is_disabled_whole(act, account) else []
    seen = request.GET.get("seen", "")
    shown = {"title": act, "effect": effect, "back": back, "seen": seen, "hanging": hanging}
    return render(request, "accounts/confirm.html", shown)


def _is_disabled_whole(act: str, account: User) -> bool:
    """Whether a unit or an enterprise is to be disabled, not one of its sub-accounts."""
    return act == DISABLE and account.is_main_account


def reset(request: SignedInRequest, account: User, *, unit: str, back: str) -> HttpResponse:
    """The new password, shown in this one answer. Raises `SecondPersonNeeded`."""
    if request.method != "POST":
        return ask(request, back, "重置密码", account)
    try:
        password = reset_password(by=request.actor, account_id=account.pk, seen=stamp(request))
    except ResetTwice:
        messages.warning(request, TWICE.format(username=account.username))
        return redirect(back)
    shown = {"account": account, "unit": unit, "password": password, "back": back}
    return render(request, "accounts/one_time_password.html", shown)


WITH_RESET = (
    "这个账号的两步验证不能由一人解除：请申请重置密码，经另一人批准后重置，两步验证随之解除。"
)


def unlock(request: SignedInRequest, account: User, *, back: str) -> HttpResponse:
    if request.method != "POST":
        return ask(request, back, "解锁", account)
    unlock_account(by=request.actor, account_id=account.pk)
    messages.success(request, f"账号 {account.username} 已解锁。")
    return redirect(back)


def unbind(request: SignedInRequest, account: User, *, back: str) -> HttpResponse:
    """解除两步验证, for a lost telephone; the password stays."""
    if request.method != "POST":
        return ask(request, back, "解除两步验证", account)
    try:
        lift_factor(by=request.actor, account_id=account.pk)
    except SecondPersonNeeded:
        messages.warning(request, WITH_RESET)
    else:
        messages.success(request, f"账号 {account.username} 的两步验证已解除。")
    return redirect(back)


def switch(request: SignedInRequest, account: User, *, active: bool, back: str) -> HttpResponse:
    word = "启用" if active else DISABLE
    if request.method != "POST":
        return ask(request, back, word, account)
    set_active(by=request.actor, account_id=account.pk, active=active)
    messages.success(request, f"账号 {account.username} 已{word}。")
    return redirect(back)


def stamp(request: HttpRequest) -> datetime | None:
    """What the page was made with: an account's `password_changed_at`, or of a whole list the moment itself."""
    text = request.POST.get("seen") or request.GET.get("seen", "")
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def unit_of(account: User) -> str:
    return str(account.belongs_to() or account.get_role_display())
