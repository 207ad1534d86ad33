"""密码修改: one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.password_age import is_too_old
from apps.accounts.domain.passwords import change_own_password
from apps.accounts.domain.sessions import IDENTITY
from apps.accounts.domain.sign_on.identities import password_page
from apps.accounts.pages.decorators import unblocks
from apps.accounts.pages.login import home_of
from apps.accounts.pages.password_form import PasswordChangeForm
from apps.accounts.pages.redirects import next_page
from apps.organizations.domain.units import password_url_for

OWN = "own"
PROVINCIAL = "省平台"


def external_page(request: HttpRequest) -> tuple[str, str]:
    """Where the password lives with which one came in (S1-09, S1-10), its name and address; twice "" for here.

    The first change is always here: what was given out must not stay.
    """
    user: Any = request.user
    name, address = password_page(request.session.get(IDENTITY))
    if address or not user.organization:
        return name, address
    url = password_url_for(user.organization)
    return (PROVINCIAL, url) if url else ("", "")


@unblocks
@never_cache
@sensitive_post_parameters("old_password", "new_password", "confirmation", "token")
def password_change(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = PasswordChangeForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = change_own_password(by=Actor.of(user), new=form.cleaned_data["new_password"])
        update_session_auth_hash(request, account)
        messages.success(request, "密码已修改，下次登录请使用新密码。")
        return redirect(next_page(request, home_of(user)))
    due = user.must_change_password or is_too_old(user) or OWN in request.GET
    service, external = ("", "") if due else external_page(request)
    shown = {
        "form": form,
        "forced": user.must_change_password,
        "too_old": is_too_old(user) and not user.must_change_password,
        "service": service,
        "elsewhere": f"请在{service}修改密码",
        "external": external,
        "has_own": bool(external) and IDENTITY in request.session,
        "next": next_page(request, ""),
    }
    return render(request, "accounts/password_change.html", shown)
