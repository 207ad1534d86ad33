"""Signing in through a service: leaving for it, coming back, binding an account, and being signed out from outside.

Invariants: roles and scope are the account's own; who is signed in anew gets a new session; people read one sentence
whatever went wrong, the reason stands in the log, without codes and tokens.
"""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain import lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.sessions import IDENTITY, OUTER_SESSION
from apps.accounts.domain.sign_on.identities import (
    BindingRefused,
    bind,
    claimed_username,
    found,
    note_use,
)
from apps.accounts.domain.sign_on.logouts import heard
from apps.accounts.domain.sign_on.protocols import door_of, told_by, way_out
from apps.accounts.domain.sign_on.providers import open_provider
from apps.accounts.domain.sign_on.told import SignOnRefused
from apps.accounts.models import Identity, Provider, User
from apps.accounts.pages import trail
from apps.accounts.pages.decorators import public
from apps.accounts.pages.login import asked, home_of, login_address, waiting
from apps.accounts.pages.login_form import LoginForm
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.sessions import address_of, sign_in
from apps.accounts.pages.sign_on import attempts, trials
from apps.folding.domain.folding import folded

BACKEND = "apps.accounts.backends.ScopedBackend"
LOGIN = "accounts:login"
STRANGE = "这次登录已经过期，或者不是从本浏览器发起的，请重新点击登录入口。"
GONE = "现在无法在那里退出，请直接到该平台退出，或关闭浏览器。"
SENTENCE = "没有通过“{}”的登录。请稍后再试；多次不成功时，用本平台的密码登录或联系上级单位。"


@public
@never_cache
@require_GET
def sign_on_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Away to the service."""
    provider = _opened(pk)
    if request.user.is_authenticated:
        return redirect(next_page(request, home_of(request.user)))
    next_url = next_page(request, "")
    flow = attempts.begin(request, provider, next_url=next_url)
    try:
        return redirect(door_of(provider, flow))
    except SignOnRefused as refusal:
        return _refused(request, provider, refusal, next_url)


@public
@never_cache
@require_GET
def sign_on_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Back from the service with an answer, which is good for the attempt of this browser alone."""
    attempt = attempts.take(request, pk)
    if attempt is None:
        messages.warning(request, STRANGE)
        return redirect(LOGIN)
    if attempt.trial:
        return trials.shown(request, attempt)
    provider = _opened(pk)
    try:
        told = told_by(provider, attempt.flow, request.GET.dict())
        bound = found(provider, told.subject)
        if bound is None:
            attempts.welcome(request, attempt, told, claimed_username(provider, told))
            return redirect("accounts:sign_on_bind")
    except (SignOnRefused, BindingRefused) as refusal:
        return _refused(request, provider, refusal, attempt.next)
    return _signed_in(request, bound.account, bound.identity, told.outer_session, attempt.next)


@public
@never_cache
@require_GET
def sign_on_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """After 退出: away to the service once more, to leave it too."""
    address = way_out(_opened(pk), login_address())
    if not address:
        messages.warning(request, GONE)
    return redirect(address or LOGIN)


@public
@never_cache
@sensitive_post_parameters("password")
def sign_on_bind(request: HttpRequest) -> HttpResponse:
    """The first time: whose account it is, shown by its password, counted and waited for as at the login."""
    if request.user.is_authenticated:
        return redirect(home_of(request.user))
    newcomer = attempts.newcomer_of(request)
    provider = open_provider(newcomer.provider_id) if newcomer else None
    if newcomer is None or provider is None:
        messages.warning(request, STRANGE)
        return redirect(LOGIN)
    form = LoginForm(request, request.POST or None, claimed=newcomer.username)
    if request.method == "POST" and form.is_valid() and form.account:
        try:
            identity = bind(by=Actor.of(form.account), provider=provider, subject=newcomer.subject)
        except BindingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _signed_in(
                request, form.account, identity, newcomer.outer_session, newcomer.next
            )
    shown = {
        "form": form,
        "provider": provider,
        "subject": newcomer.subject,
        **asked(request, form),
    }
    return render(request, "accounts/sign_on_bind.html", shown)


@csrf_exempt
@public
@never_cache
@require_POST
def sign_on_logout(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked by the service's server: what counts is what it signed."""
    provider = _opened(pk)
    try:
        heard(provider, request.POST.dict())
    except SignOnRefused as refusal:
        trail.sign_on_failed(provider.name, f"退出通知没有采用：{refusal}")
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return HttpResponse(status=HTTPStatus.OK)


def _signed_in(
    request: HttpRequest, account: User, identity: Identity, outer_session: str, next_url: str
) -> HttpResponse:
    """A session of its own, as after a password; who has to wait waits here as well."""
    if wait := lockout.wait_for(folded(account.username), address_of(request)):
        return waiting(request, wait, back=reverse(LOGIN))
    account.backend = BACKEND  # type: ignore[attr-defined]
    sign_in(request, account)
    note_use(identity)
    request.session[IDENTITY], request.session[OUTER_SESSION] = identity.pk, outer_session
    return redirect(next_url or home_of(account))


def _refused(
    request: HttpRequest, provider: Provider, refusal: Exception, next_url: str
) -> HttpResponse:
    trail.sign_on_failed(provider.name, f"登录没有成功：{refusal}")
    said = str(refusal) if isinstance(refusal, BindingRefused) else SENTENCE.format(provider.name)
    messages.error(request, said)
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return redirect(f"{reverse(LOGIN)}{query}")


def _opened(pk: int) -> Provider:
    provider = open_provider(pk)
    if provider is None:
        raise Http404
    return provider
