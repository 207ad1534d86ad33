"""The six digits of an authenticator app."""

from django import forms

from apps.accounts.models.authenticator import DIGITS
from apps.folding.domain.folding import narrow


class TokenForm(forms.Form):
    """动态验证码."""

    token = forms.CharField(
        label="动态验证码",
        max_length=12,
        help_text="认证器 App 上显示的 6 位数字，每 30 秒更换一次。",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_token(self) -> str:
        return six_digits(self.cleaned_data["token"])


class BindingForm(TokenForm):
    """The password beside the code: a session that was left open is not enough to bind somebody else's telephone.

    `proof` is tried by `ProofMiddleware` before the page is asked.
    """

    proof = forms.CharField(
        label="登录密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def six_digits(typed: str) -> str:
    """The code as it is compared. Raises a `ValidationError`."""
    token = narrow(typed)
    if len(token) != DIGITS or not token.isascii() or not token.isdigit():
        raise forms.ValidationError(f"请输入 {DIGITS} 位数字。")
    return token
