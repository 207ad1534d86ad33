"""Signing in. Invariant: the password is only tried after the captcha is solved, and in turn."""

from typing import Any

from django import forms
from django.http import HttpRequest

from apps.accounts.domain.password_age import first_is_over
from apps.accounts.domain.sign_on.identities import password_barred
from apps.accounts.models import User
from apps.accounts.pages import captcha
from apps.accounts.pages.guesses import guessed

REFUSED = "用户名或密码不正确。连续输错 5 次后须等待 1 分钟再试，再错则等待更久；忘记密码请联系上级单位重置。"

BARRED = "您的账号已绑定“{}”，请从登录页上的这个入口登录。"
OVER = "发放的初始密码太久没有使用，已经失效。请联系上级单位重置密码。"


class Anew(forms.TextInput):
    """Empty whenever it is shown: what was typed answered another challenge."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context


class LoginForm(forms.Form):
    """用户名 密码 验证码; the right ones make `account`.

    `claimed`: the account is shown to be the person's who came through a service, which names it ("": does not).
    """

    username = forms.CharField(
        label="用户名",
        max_length=150,
        error_messages={"required": "请输入用户名。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        max_length=128,
        error_messages={"required": "请输入密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    captcha = forms.CharField(
        label="验证码",
        max_length=10,
        required=False,
        widget=Anew(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    captcha_key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(
        self, request: HttpRequest, *args: Any, claimed: str | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"username": claimed or request.GET.get("username", "")}
        super().__init__(*args, **kwargs)
        self.request, self.claimed = request, claimed
        self.account: User | None = None
        typed: str = claimed or self.data.get("username", self.initial["username"])
        self.typed_username = typed[:150]
        self.fields["username"].disabled = bool(claimed)
        focused = "password" if self.typed_username else "username"
        self.fields[focused].widget.attrs["autofocus"] = True
        address = request.META.get("REMOTE_ADDR", "")
        self.captcha_needed = captcha.is_needed(self.typed_username, address)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.captcha_needed and not self._captcha_solved(cleaned):
            return cleaned
        if self.errors:
            return cleaned
        username, password = cleaned["username"], cleaned["password"]
        self.account = guessed(self.request, username=username, password=password)
        if self.account is None:
            raise forms.ValidationError(REFUSED, code="refused")
        if first_is_over(self.account):
            self.account = None
            raise forms.ValidationError(OVER, code="over")
        if self.claimed is None and (service := password_barred(self.account)):
            self.account = None
            raise forms.ValidationError(BARRED.format(service), code="barred")
        return cleaned

    def _captcha_solved(self, cleaned: dict[str, Any]) -> bool:
        answer = cleaned.get("captcha", "")
        if not answer:
            self.add_error("captcha", "请输入验证码。")
        elif not captcha.is_solved(cleaned.get("captcha_key", ""), answer):
            self.add_error("captcha", "验证码不正确或已过期，请按新的验证码重新输入。")
        return not self.has_error("captcha")
