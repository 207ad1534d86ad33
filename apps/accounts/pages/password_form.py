"""Changing one's own password; what proves that it is one's own, wherever it is given away.

Invariants: the old one is tried as at the login, counted and in turn; who has bound an authenticator needs one of its
codes as well.
"""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.http import HttpRequest

from apps.accounts.domain.authenticators import takes
from apps.accounts.domain.second_factor import confirmed_device, has_factor
from apps.accounts.models import User
from apps.accounts.pages.guesses import guessed
from apps.accounts.pages.two_step_form import six_digits

NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class OwnPasswordForm(forms.Form):
    """原密码, and 动态验证码 of who has bound an authenticator."""

    old_password = forms.CharField(
        label="原密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]
        if has_factor(self.user):
            self.fields["token"] = forms.CharField(
                label="动态验证码",
                max_length=12,
                help_text="认证器 App 上显示的 6 位数字。",
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
                ),
            )

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if guessed(self.request, username=self.user.username, password=old) is None:
            raise forms.ValidationError("原密码不正确，请重新输入。")
        return old

    def clean_token(self) -> str:
        return six_digits(self.cleaned_data["token"])

    def clean(self) -> dict[str, Any]:
        """The code is taken last: a slip in another field costs none."""
        cleaned = super().clean() or {}
        asked = "token" in self.fields and not self.errors
        if asked and not takes(confirmed_device(self.user), cleaned["token"]):
            self.add_error("token", "动态验证码不正确或已用过，请等下一组数字再试。")
        return cleaned


class PasswordChangeForm(OwnPasswordForm):
    """新密码 确认新密码 besides."""

    new_password = forms.CharField(label="新密码", strip=False, max_length=128, widget=NEW)
    confirmation = forms.CharField(label="确认新密码", strip=False, max_length=128, widget=NEW)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["new_password"].help_text = "".join(password_validators_help_texts())

    def clean_new_password(self) -> str:
        new: str = self.cleaned_data["new_password"]
        if new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError("新密码不能与原密码相同。")
        validate_password(new, self.user)
        return new

    def clean_confirmation(self) -> str:
        confirmation: str = self.cleaned_data["confirmation"]
        new = self.cleaned_data.get("new_password")
        if new is not None and confirmation != new:
            raise forms.ValidationError("两次输入的新密码不一致，请重新输入。")
        return confirmation
