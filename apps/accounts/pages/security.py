"""账号安全: one's own password, second factor, sessions and tokens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.password_age import days_left
from apps.accounts.domain.second_factor import has_factor
from apps.accounts.domain.sessions import end_other_sessions, end_session, live_sessions
from apps.accounts.domain.sign_on.identities import bound_to, unbind
from apps.accounts.domain.tokens.acts import live_tokens
from apps.accounts.models.roles import Permission
from apps.accounts.pages.own_tables import identity_table, session_table, token_table

PAGE = "accounts:account_security"


@require_GET
def account_security(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    sessions = list(live_sessions(user))
    own_key = request.session.session_key
    shown = {
        "sessions": session_table(sessions, own_key),
        "others": sum(session.session_key != own_key for session in sessions),
        "has_factor": has_factor(user),
        "days_left": days_left(user),
        "identities": identity_table(bound_to(user)),
        "has_tokens": user.has(Permission.QUERY),
        "tokens": token_table(live_tokens(user) if user.has(Permission.QUERY) else []),
    }
    return render(request, "accounts/account_security.html", shown)


@require_POST
def session_end(request: HttpRequest, handle: UUID) -> HttpResponse:
    """One of the person's own; one that has ended meanwhile is as good."""
    ended = end_session(by=Actor.of(request.user), handle=handle)  # type: ignore[arg-type]
    messages.success(request, "这个登录已退出。" if ended else "这个登录已经结束。")
    return redirect(PAGE)


@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    kept = request.session.session_key or ""
    ended = end_other_sessions(by=Actor.of(request.user), kept=kept)  # type: ignore[arg-type]
    messages.success(request, f"已结束其他地方的 {ended} 个登录。")
    return redirect(PAGE)


@require_POST
def identity_end(request: HttpRequest, pk: int) -> HttpResponse:
    """解除 of one of the person's own bindings, with the sessions that came by it."""
    ended = unbind(by=Actor.of(request.user), identity_id=pk)  # type: ignore[arg-type]
    messages.success(request, "已解除外部登录的绑定。" if ended else "这个绑定已经解除。")
    return redirect(PAGE)
