"""What every request passes: may this session go on, and whose rows does it see.

Invariants: a view that is not `@public` is reached by signed-in accounts only; no scope outlives its request.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.handovers.standing_in import stand_in
from apps.accounts.domain.password_age import is_too_old
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.second_factor import missing_factor
from apps.accounts.domain.sessions import IDENTITY, LAST_SEEN, SIGNED_IN
from apps.accounts.pages import trail
from apps.accounts.pages.acting import act_for, find_lent, merged_of
from apps.accounts.pages.proofs import FIELD, ask_proof, take_proof
from apps.accounts.pages.redirects import send_to
from apps.accounts.pages.sessions import begin
from apps.quarantine.turns import PAGE, acting
from apps.scope.context import Scope, carry_scope, enter, outside, whole_country

from .backends import at_hand

# Writing the session on every request would cost each page a write.
SEEN_STEP = 60
ADMIN = "/admin/"
CHANGES = "administration:change_list"
GO_HOME = "账号事项只能在本机构办理，请先返回{unit}。"

Next = Callable[[HttpRequest], HttpResponseBase]


class AccountMiddleware(AuthenticationMiddleware):
    """Django's; the account comes with its session, one statement for both."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _account_of(request))  # type: ignore[assignment]


def _account_of(request: HttpRequest) -> Any:
    request.session.get(SESSION_KEY)  # reads it
    with at_hand(request.session.account):  # type: ignore[attr-defined]
        account = get_user(request)
    unit = merged_of(request)
    if unit is not None and account.is_authenticated:
        stand_in(account, unit)
    request.account_at_hand = account  # type: ignore[attr-defined]  # for whom asking would cost a query
    return account


class SessionRulesMiddleware:
    """Sign in first; not idle for too long, nor signed in for too long; no work before a password that is due."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated and (refused := _ended(request, view)):
            return refused
        if getattr(view, "public", False):
            return None
        if not request.user.is_authenticated:
            return send_to(request, "accounts:login", sentence="请先登录。")
        if request.user.home and _is_about_accounts(request):
            messages.warning(request, GO_HOME.format(unit=request.user.home))
            return redirect(CHANGES)
        if hasattr(request, "rehearsal_seat"):  # the person was asked before he took the seat
            return None
        return None if getattr(view, "unblocks", False) else blocked(request)


def _is_about_accounts(request: HttpRequest) -> bool:
    """Pages on accounts are one's own unit's; to sign out goes anywhere."""
    match = request.resolver_match
    return match is not None and match.app_name == "accounts" and match.url_name != "logout"


def _ended(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Sign out who was away for too long or came too long ago; they return to the same page after the login."""
    if SIGNED_IN not in request.session:
        begin(request)
    now, session = int(time.time()), request.session
    if now - session[LAST_SEEN] > settings.IDLE_TIMEOUT:
        away = settings.IDLE_TIMEOUT // 60
        trail.idle_end(request.user)  # type: ignore[arg-type]
        return _signed_out(
            request, view, f"您已超过 {away} 分钟没有操作，系统已自动退出，请重新登录。"
        )
    if now - session[SIGNED_IN] > settings.SESSION_LIFETIME:
        hours = f"{settings.SESSION_LIFETIME / 3600:g}"
        trail.lifetime_end(request.user, hours)  # type: ignore[arg-type]
        return _signed_out(
            request, view, f"本次登录已满 {hours} 小时，系统已自动退出，请重新登录。"
        )
    if not getattr(view, "passive", False) and now - session[LAST_SEEN] >= SEEN_STEP:
        session[LAST_SEEN] = now
    return None


def _signed_out(request: HttpRequest, view: Any, sentence: str) -> HttpResponse | None:
    logout(request)
    messages.warning(request, sentence)
    if getattr(view, "public", False):
        return None
    return send_to(request, "accounts:login", sentence=sentence)


def blocked(request: HttpRequest) -> HttpResponse | None:
    user: Any = request.user
    if user.must_change_password:
        return send_to(request, "accounts:password_change", sentence="请先修改初始密码。")
    if page := missing_factor(user):
        return send_to(request, page, sentence="请先完成两步验证。")
    if (
        is_too_old(user) and IDENTITY not in request.session
    ):  # who came through a service used no password of ours
        return send_to(request, "accounts:password_change", sentence="密码已到期，请先修改密码。")
    return None


class ScopeMiddleware:
    """Runs the request within the scope of its account, and knows the account as `request.actor`.

    Anonymous requests have no scope: their queries on scoped models raise. Under the address of a mandate the scope is
    what the mandate lends.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user: Any = request.user
        if not user.is_authenticated:
            with outside():
                return self.get_response(request)
        # Read by now: what is asked of it hundreds of times a page need not go through what was to read it.
        if isinstance(user, SimpleLazyObject):
            request.user = user = getattr(request, "account_at_hand", user)
        lent, arrived, prefix = find_lent(request, user), timezone.now(), get_script_prefix()
        try:
            if lent is None:
                actor = Actor.of(user, arrived_at=arrived)
                return answered_by(actor, _scope_for(request, user), request, self.get_response)
            actor = lent.actor(user, arrived_at=arrived)
            return answered_by(actor, enter(lent.scope(user)), request, self.get_response)
        finally:
            set_script_prefix(prefix)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        return act_for(request, view, kwargs)


def answered_by(
    actor: Actor, scope: AbstractContextManager[Any], request: HttpRequest, answer: Next
) -> HttpResponseBase:
    """The answer to a request of somebody, made within the scope; what is streamed later stays within it."""
    request.actor = actor  # type: ignore[attr-defined]
    with acting(actor.user.pk if actor.user else 0, PAGE), scope:
        response = answer(request)
        # A file's bytes ask nothing of the database, and the proxy is handed the file itself.
        if response.streaming and getattr(response, "file_to_stream", None) is None:
            response.streaming_content = carry_scope(response.streaming_content)  # type: ignore[attr-defined]
        return response


class ProofMiddleware:
    """Takes the proof that came with a form; asks for the one that an act misses."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        if request.method == "POST" and hasattr(request, "actor") and FIELD in request.POST:
            take_proof(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        return ask_proof(request) if isinstance(exception, ProofMissing) else None


def _scope_for(request: HttpRequest, user: Any) -> Any:
    if user.is_staff and request.path.startswith(ADMIN):
        return whole_country(reason=f"admin: {user.username}")
    return enter(Scope(reason=user.username) if user.is_staff else scope_of(user))
