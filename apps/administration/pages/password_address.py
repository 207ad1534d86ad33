"""Where the institutions of a province change their passwords, if not here (S1-10)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.domain.approvals import ApprovalRefused
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.administration.domain.password_address import ask_password_url, waiting_url
from apps.administration.pages.forms import PasswordAddressForm
from apps.audit.domain.seen import Seen
from apps.organizations.domain.units import drop_password_url
from apps.ui.pages.versions import seen_of


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.PROVINCE,))
def password_address(request: SignedInRequest) -> HttpResponse:
    """Where the province's institutions change their passwords, if not here (S1-10)."""
    user: Any = request.user
    form = PasswordAddressForm(request.POST or None, province=user.organization)
    if request.method == "POST" and form.is_valid():
        seen = seen_of(form, again=lambda row: [PasswordAddressForm(province=row)])
        return _saved(request, form.cleaned_data["url"], seen)
    shown = {"form": form, "waiting": waiting_url(user.organization)}
    return render(request, "administration/password_address.html", shown)


def _saved(request: SignedInRequest, url: str, seen: Seen) -> HttpResponse:
    """Without an address at once; another one when the alliance has approved it."""
    try:
        if url:
            ask_password_url(by=request.actor, url=url, seen=seen)
            messages.success(request, "已提交联采办，批准后生效；此前仍用原来的设置。")
        else:
            drop_password_url(by=request.actor, seen=seen)
            messages.success(request, "密码修改地址已取消。")
    except ApprovalRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("administration:unit_list")
