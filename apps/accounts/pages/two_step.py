"""两步验证: binding an authenticator, entering its code."""

from base64 import b32encode
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.second_factor import confirmed_device, missing_factor
from apps.accounts.pages import trail
from apps.accounts.pages.authenticators import confirm_device, pending_device, verify
from apps.accounts.pages.decorators import unblocks
from apps.accounts.pages.login import home_of
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.two_step_form import TokenForm

SETUP = "accounts:totp_setup"
VERIFY = "accounts:totp_verify"
WRONG = "动态验证码不正确或已用过，请等下一组数字再试。请确认手机时间是自动设置的；连续输错时需要稍等片刻。"


@unblocks
@never_cache
@sensitive_post_parameters("token")
def totp_verify(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if missing_factor(user) != VERIFY:
        return redirect(next_page(request, home_of(user)))
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if verify(request=request, device=confirmed_device(user), token=form.cleaned_data["token"]):
            return redirect(next_page(request, home_of(user)))
        trail.factor_failed(user)
        form.add_error("token", WRONG)
    return render(
        request, "accounts/totp_verify.html", {"form": form, "next": next_page(request, "")}
    )


@unblocks
@never_cache
@sensitive_post_parameters("token")
def totp_setup(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if missing_factor(user) != SETUP:
        return redirect(next_page(request, home_of(user)))
    device = pending_device(by=Actor.of(user))
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        if confirm_device(by=Actor.of(user), request=request, device=device, token=token):
            return redirect(next_page(request, home_of(user)))
        trail.factor_failed(user)
        form.add_error("token", WRONG)
    code = segno.make(device.config_url).svg_data_uri(scale=5, border=2)
    shown = {"form": form, "code": code, "key": _readable(device), "next": next_page(request, "")}
    return render(request, "accounts/totp_setup.html", shown)


def _readable(device: Any) -> str:
    """The key in groups of four, for typing it."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
