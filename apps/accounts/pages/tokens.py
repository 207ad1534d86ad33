"""接口令牌: one's own on 账号安全, those of accounts below on a page of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain.tokens.acts import (
    TokenRefused,
    create_token,
    end_own_token,
    end_token_below,
    longest_days,
    tokens_managed_by,
)
from apps.accounts.models import Token
from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.tables import TokenTable
from apps.accounts.pages.token_form import TokenForm
from apps.ui.lists import render_list
from apps.ui.pages.drafts import take

SECURITY = "accounts:account_security"
LIST = "accounts:token_list"


@requires(Permission.QUERY)
@never_cache
def token_create(request: SignedInRequest) -> HttpResponse:
    """The secret is shown in this one answer."""
    user: Any = request.user
    most = longest_days(user)
    form = TokenForm(user, most, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = create_token(by=request.actor, **form.given())
        except TokenRefused as refusal:
            form.add_error(forms.ALL_FIELDS, str(refusal))
        else:
            take(request)
            shown = {"token": token, "secret": secret}
            return render(request, "accounts/token_secret.html", shown)
    return render(request, "accounts/token_form.html", {"form": form, "most_days": most})


@require_POST
def token_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of the person's own; one that has ended meanwhile is as good."""
    ended = end_own_token(by=request.actor, token_id=pk)
    messages.success(
        request, "令牌已终止，用它的程序立即不能再访问。" if ended else "令牌已经终止。"
    )
    return redirect(SECURITY)


@requires()
@require_GET
def token_list(request: SignedInRequest) -> HttpResponse:
    """Those of accounts below and of sub-accounts: whose, since when, used when; they can be ended."""
    return render_list(
        request,
        "accounts/token_list.html",
        table_class=TokenTable,
        queryset=_managed(request),
    )


@requires()
@require_POST
def token_end_below(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(_managed(request), pk=pk)
    end_token_below(by=request.actor, token_id=pk)
    messages.success(request, "令牌已终止，用它的程序立即不能再访问。")
    return redirect(LIST)


def _managed(request: SignedInRequest) -> QuerySet[Token]:
    """Nobody has any to manage but main accounts and who resets passwords."""
    user: Any = request.user
    if not user.is_main_account and not user.has(Permission.RESET_PASSWORDS):
        raise PermissionDenied
    return tokens_managed_by(user)
