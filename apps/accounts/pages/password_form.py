"""Changing one's own password. Invariant: the old one is tried as at the login, counted and in turn."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.pages.guesses import guessed

NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class PasswordChangeForm(forms.Form):
    """原密码 新密码 确认新密码."""

    old_password = forms.CharField(
        label="原密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(label="新密码", strip=False, max_length=128, widget=NEW)
    confirmation = forms.CharField(label="确认新密码", strip=False, max_length=128, widget=NEW)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User = request.user  # type: ignore[assignment]
        self.fields["new_password"].help_text = "".join(password_validators_help_texts())

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if guessed(self.request, username=self.user.username, password=old) is None:
            raise forms.ValidationError("原密码不正确，请重新输入。")
        return old

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
