"""试登录: whoever keeps a service goes the whole way and is shown what it tells, as it would be understood.

Invariants: nobody is signed in or bound by a trial; tokens and codes are no part of what is shown, and the claims are
kept nowhere.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain.sign_on.identities import BindingRefused, claimed_username, found
from apps.accounts.domain.sign_on.protocols import door_of, told_by
from apps.accounts.domain.sign_on.providers import note_trial
from apps.accounts.domain.sign_on.told import SignOnRefused, Told
from apps.accounts.models import Provider
from apps.accounts.models.roles import Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.sign_on import attempts

LONGEST = 300


@requires(roles=(Role.SECURITY,))
@never_cache
@require_GET
def sign_on_try(request: SignedInRequest, pk: int) -> HttpResponse:
    """Away to the service, whether it is open or not."""
    provider = _provider(pk)
    flow = attempts.begin(request, provider, next_url="", trial=True)
    try:
        return redirect(door_of(provider, flow))
    except SignOnRefused as refusal:
        return _page(request, provider, problem=str(refusal))


def shown(request: HttpRequest, attempt: attempts.Attempt) -> HttpResponse:
    """What the service told, to who tries it."""
    user: Any = request.user
    if not user.is_authenticated or user.role != Role.SECURITY:
        raise Http404
    provider = _provider(attempt.provider_id)
    try:
        told = told_by(provider, attempt.flow, request.GET.dict())
    except SignOnRefused as refusal:
        return _page(request, provider, problem=str(refusal))
    note_trial(by=request.actor, provider_id=provider.pk)  # type: ignore[attr-defined]
    return _page(request, provider, told=told)


def _page(
    request: HttpRequest, provider: Provider, *, told: Told | None = None, problem: str = ""
) -> HttpResponse:
    page = {
        "provider": provider,
        "problem": problem,
        "subject": told.subject if told else "",
        "subject_path": provider.subject_path,
        "whose": _whose(provider, told) if told else "",
        "claims": list(_lines(told.claims)) if told else [],
        "has_session": bool(told and told.outer_session),
    }
    return render(request, "accounts/sign_on_trial.html", page)


def _whose(provider: Provider, told: Told) -> str:
    """Which account the person would come in as."""
    try:
        bound = found(provider, told.subject)
        username = bound.account.username if bound else claimed_username(provider, told)
    except BindingRefused as refusal:
        return str(refusal)
    if bound:
        return f"已绑定账号 {username}"
    return (
        f"未绑定，首次登录时核对账号 {username} 的密码"
        if username
        else "未绑定，首次登录时由本人填写用户名和密码"
    )


def _lines(claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(claims.items()):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield name, text[:LONGEST]


def _provider(pk: int) -> Provider:
    provider: Provider | None = Provider.objects.select_related("province").filter(pk=pk).first()
    if provider is None:
        raise Http404
    return provider
