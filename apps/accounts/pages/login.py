"""Signing in and out: 单位/经办人登录, 退出."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.accounts.domain import lockout
from apps.accounts.pages import captcha
from apps.accounts.pages.decorators import public, unblocks
from apps.accounts.pages.login_form import LoginForm
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.sessions import sign_in, sign_out
from apps.ui.errors import refusal

HOME = "/"
IN_WORDS = "words"
ADVICE = (
    "急用请联系上级单位：上级可以在“统一门户 - 密码重置”中点【解锁】；忘记密码时点【重置密码】。"
    "医疗机构找区县、市或省医保，医保部门找上一级，企业找给您发放账号的单位。"
)


def home_of(user: Any) -> str:
    """Where an account lands: administrators in the administration, everyone else in the portal."""
    return "/admin/" if user.is_staff else HOME


@public
@never_cache
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_page(request, home_of(request.user)))
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.account:
        sign_in(request, form.account)
        return redirect(next_page(request, home_of(form.account)))
    return render(request, "accounts/login.html", _shown(request, form))


def _shown(request: HttpRequest, form: LoginForm) -> dict[str, Any]:
    in_words = request.GET.get("captcha") == IN_WORDS
    needed = in_words or captcha.is_needed(form.typed_username, request.META.get("REMOTE_ADDR", ""))
    next_url = next_page(request, "")
    kept = urlencode({"username": form.typed_username, "next": next_url})
    return {
        "form": form,
        "challenge": captcha.new_challenge(in_words=in_words) if needed else None,
        "in_words": f"?captcha={IN_WORDS}&{kept}",
        "in_image": f"?{kept}",
        "tabs": [{"label": "单位/经办人登录", "href": "", "current": True}],
        "next": next_url,
        "support_phone": settings.SUPPORT_PHONE,
    }


@unblocks
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    messages.success(request, "您已退出系统。")
    return redirect(settings.LOGIN_URL)


def locked(
    request: HttpRequest,
    _original: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a locked account or address: how long, and who can help. Called by axes."""
    username = lockout.client_username(request, credentials)
    of_account = lockout.minutes_left({"username": username}, settings.AXES_FAILURE_LIMIT)
    address = {"ip_address": request.axes_ip_address}  # type: ignore[attr-defined]
    of_address = lockout.minutes_left(address, settings.LOCKOUT_ADDRESS_LIMIT)
    return _locked_page(request, of_account=of_account, of_address=of_address)


def _locked_page(request: HttpRequest, *, of_account: int, of_address: int) -> HttpResponse:
    """The page of a shut account (minutes left) or, if that is 0, of a shut address."""
    minutes = of_account or of_address
    what = "这个账号" if of_account else "您所在网络的登录"
    response = refusal(
        request,
        title="登录已锁定",
        message=f"密码连续输错次数过多，{what}已锁定，还需等待 {minutes} 分钟。",
        advice=ADVICE,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        back=request.get_full_path(),
        back_label="返回登录页",
    )
    response["Retry-After"] = str(60 * minutes)
    return response
