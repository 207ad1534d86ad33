"""Signing in and out: 单位/经办人登录, 退出."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.accounts.domain import lockout
from apps.accounts.domain.password_age import warning_of
from apps.accounts.domain.sessions import IDENTITY
from apps.accounts.domain.sign_on.identities import came_through
from apps.accounts.domain.sign_on.protocols import way_out
from apps.accounts.domain.sign_on.providers import doors, open_provider
from apps.accounts.models import Provider
from apps.accounts.pages import captcha
from apps.accounts.pages.decorators import public, unblocks
from apps.accounts.pages.login_form import LoginForm
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.sessions import sign_in, sign_out
from apps.ui.errors import refusal
from apps.ui.numbers import number_of

HOME = "/"
LOGIN, LEFT = "accounts:login", "left"
ALOUD = "audio"
ADVICE = (
    "在您平时登录的地址，只有当地输错的次数会让您等待。"
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
        if warning := warning_of(form.account):
            messages.warning(request, warning)
        return redirect(next_page(request, home_of(form.account)))
    return render(request, "accounts/login.html", _shown(request, form))


def _shown(request: HttpRequest, form: LoginForm) -> dict[str, Any]:
    next_url = next_page(request, "")
    return {
        "form": form,
        **asked(request, form),
        "tabs": [{"label": "单位/经办人登录", "href": "", "current": True}],
        "next": next_url,
        "doors": doors(),
        "left": _left(request.GET.get(LEFT, "")),
        "door_query": f"?{urlencode({'next': next_url})}" if next_url else "",
        "support_phone": settings.SUPPORT_PHONE,
    }


def _left(typed: str) -> Provider | None:
    """The service where somebody who has just left us is still signed in."""
    number = number_of(typed)
    return open_provider(number) if number else None


def asked(request: HttpRequest, form: LoginForm) -> dict[str, Any]:
    """The captcha of a page that takes a password, in an image or aloud."""
    aloud = request.GET.get("captcha") == ALOUD
    needed = aloud or captcha.is_needed(form.typed_username, request.META.get("REMOTE_ADDR", ""))
    kept = urlencode({"username": form.typed_username, "next": next_page(request, "")})
    return {
        "challenge": captcha.new_challenge(aloud=aloud) if needed else None,
        "aloud": f"?captcha={ALOUD}&{kept}",
        "in_image": f"?{kept}",
    }


@unblocks
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Who came through a service that can be left as well is offered that."""
    provider = came_through(request.session.get(IDENTITY))
    sign_out(request)
    messages.success(request, "您已退出系统。")
    left = provider and way_out(provider, login_address())
    query = f"?{urlencode({LEFT: provider.pk})}" if provider and left else ""
    return redirect(f"{reverse(LOGIN)}{query}")


def login_address() -> str:
    """The login page as a service sends people back to it."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse(LOGIN)}"


def locked(
    request: HttpRequest,
    _original: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of who has to wait: how long, and who can help. Called by axes."""
    username = lockout.client_username(request, credentials)
    wait = lockout.wait_for(username, request.axes_ip_address)  # type: ignore[attr-defined]
    return waiting(request, wait, back=request.get_full_path())


def waiting(request: HttpRequest, wait: lockout.Wait | None, *, back: str) -> HttpResponse:
    """The same by whichever door somebody came."""
    minutes = wait.minutes if wait else 1
    what = "您所在网络的登录" if wait and wait.of_address else "这个账号的登录"
    response = refusal(
        request,
        title="请稍后再登录",
        message=f"密码连续输错次数过多，{what}已暂停，还需等待 {minutes} 分钟；再输错，等待会更久。",
        advice=ADVICE,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        back=back,
        back_label="返回登录页",
    )
    response["Retry-After"] = str(60 * minutes)
    return response
