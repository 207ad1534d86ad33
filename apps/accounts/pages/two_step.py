"""两步验证: binding an authenticator, entering its code, unbinding it."""

from base64 import b32encode
from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login

from apps.accounts.domain import authenticators
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.authenticators import (
    FactorRequired,
    key_of,
    pending_device,
    remove_own_factor,
)
from apps.accounts.domain.second_factor import (
    confirmed_device,
    has_factor,
    is_required,
    missing_factor,
)
from apps.accounts.models import Authenticator
from apps.accounts.pages import trail
from apps.accounts.pages.decorators import unblocks
from apps.accounts.pages.login import home_of
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.two_step_form import BindingForm, TokenForm

SETUP = "accounts:totp_setup"
VERIFY = "accounts:totp_verify"
SECURITY = "accounts:account_security"
REQUIRED = "您的账号必须使用两步验证，不能解除；更换手机时请联系上级单位解除后重新绑定。"
WRONG = "动态验证码不正确或已用过，请等下一组数字再试。请确认手机时间是自动设置的；连续输错时需要稍等片刻。"
UNPROVED = "登录密码不正确，没有绑定，请重新输入。"


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
@sensitive_post_parameters("token", "proof")
def totp_setup(request: SignedInRequest) -> HttpResponse:
    """Open to everybody who has none; before a password is one's own nothing is bound to it."""
    user = request.user
    if has_factor(user) or user.must_change_password:
        return redirect(next_page(request, home_of(user)))
    device = pending_device(by=request.actor)
    form = BindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        if not request.actor.proved:
            form.add_error("proof", UNPROVED)
            return _setup_page(request, device, form)
        if confirm_device(by=request.actor, request=request, device=device, token=token):
            messages.success(request, "已绑定两步验证，以后登录时还要输入动态验证码。")
            return redirect(next_page(request, home_of(user)))
        trail.factor_failed(user)
        form.add_error("token", WRONG)
    return _setup_page(request, device, form)


def _setup_page(request: SignedInRequest, device: Authenticator, form: BindingForm) -> HttpResponse:
    key = key_of(device) or b""
    code = segno.make(device.address_for(key)).svg_data_uri(scale=5, border=2)
    shown = {
        "form": form,
        "code": code,
        "key": _readable(key),
        "next": next_page(request, ""),
        "is_free": not is_required(request.user),
    }
    return render(request, "accounts/totp_setup.html", shown)


def _readable(key: bytes) -> str:
    """The key in groups of four, for typing it."""
    text = b32encode(key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@never_cache
@sensitive_post_parameters("token")
def totp_remove(request: HttpRequest) -> HttpResponse:
    """Unbinding asks for a code once more; where a second factor is required it is refused in words."""
    user: Any = request.user
    if not has_factor(user):
        return redirect(SECURITY)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            removed = remove_own_factor(by=Actor.of(user), token=form.cleaned_data["token"])
        except FactorRequired:
            form.add_error(None, REQUIRED)
        else:
            if removed:
                messages.success(request, "已解除两步验证，以后登录只需要密码。")
                return redirect(SECURITY)
            form.add_error("token", WRONG)
    shown = {"form": form, "required": REQUIRED if is_required(user) else ""}
    return render(request, "accounts/totp_remove.html", shown)


@transaction.atomic
def confirm_device(*, by: Actor, request: HttpRequest, device: Authenticator, token: str) -> bool:
    """Bind the device if the code fits; the session counts as verified."""
    if not authenticators.confirm_device(by=by, device=device, token=token):
        return False
    device.refresh_from_db()
    otp_login(request, device)
    return True


@transaction.atomic
def verify(*, request: HttpRequest, device: Authenticator | None, token: str) -> bool:
    """Verify the session; after a wrong code the device makes the next try wait, longer each time."""
    if device is None or not authenticators.takes(device, token):
        return False
    otp_login(request, device)
    return True
