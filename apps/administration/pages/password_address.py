"""Where the institutions of a province change their passwords, if not here (S1-10)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.administration.pages.forms import PasswordAddressForm
from apps.organizations.domain.units import set_password_url
from apps.ui.pages.versions import seen_of


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.PROVINCE,))
def password_address(request: SignedInRequest) -> HttpResponse:
    """Where the province's institutions change their passwords, if not here (S1-10)."""
    user: Any = request.user
    form = PasswordAddressForm(request.POST or None, province=user.organization)
    if request.method == "POST" and form.is_valid():
        seen = seen_of(form, again=lambda row: [PasswordAddressForm(province=row)])
        set_password_url(by=request.actor, url=form.cleaned_data["url"], seen=seen)
        messages.success(request, "密码修改地址已保存。")
        return redirect("administration:unit_list")
    return render(request, "administration/password_address.html", {"form": form})
