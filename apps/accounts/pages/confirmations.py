"""The page that asks before an act on an account, for browsers without JavaScript; dialogs ask the others.

禁用 has no dialog: the page says first what hangs on the unit or enterprise.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.domain.switching import hangs_on
from apps.accounts.models import User

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
    hanging = (
        hangs_on(account.path, account.role) if act == DISABLE and account.is_main_account else []
    )
    seen = request.GET.get("seen", "")
    shown = {"title": act, "effect": effect, "back": back, "seen": seen, "hanging": hanging}
    return render(request, "accounts/confirm.html", shown)


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
