"""The one way into the interface: a token, then its rows, its rights and its rate, as the pages' middleware does.

Invariants: a session counts for nothing here, a token nowhere else; nothing is asked of the database within a wider
scope than the token's; whatever is refused is a problem in words.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from apps.accounts.domain.password_age import is_too_old
from apps.accounts.domain.second_factor import has_factor, is_required
from apps.accounts.domain.tokens.admitting import Admitted, admit
from apps.accounts.middleware import answered_by
from apps.accounts.pages.decorators import public
from apps.api.domain import idempotency
from apps.api.models.answered import LONGEST_KEY
from apps.api.pages.problems import Problem, answer_for, problem
from apps.api.pages.turns import READING, NoTurn, turn_of
from apps.portal.domain.asking import seconds_to_wait, wait_of
from apps.scope.context import enter
from apps.ui.pages.replicas import from_replica

View = Callable[..., HttpResponse]
SCHEME = "bearer"
LONGEST_SECRET = 100


def admitted(view: View) -> Callable[..., HttpResponseBase]:
    """A view of the interface behind the door."""

    @public
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            come = _who_comes(request)
        except Problem as refused:
            return _unadmitted(request, refused)
        request.user, request.token = come.account, come.token  # type: ignore[attr-defined,assignment]
        request.account_at_hand = come.account  # type: ignore[attr-defined]  # for the access log

        def asked() -> HttpResponse:
            return view(request, *args, **kwargs)

        def answer(_: HttpRequest) -> HttpResponse:
            return from_replica(request, lambda: _answered(request, come, asked), by_now=True)

        return answered_by(come.actor(timezone.now()), enter(come.scope), request, answer)

    vars(entered).update(csrf_exempt=True)  # no cookie counts here
    return entered


def _unadmitted(request: HttpRequest, refused: Exception) -> HttpResponse:
    answer = answer_for(request, refused)
    assert answer is not None  # noqa: S101 each of them has one
    return answer


def _who_comes(request: HttpRequest) -> Admitted:
    """Raises `Problem`."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    address = request.META.get("REMOTE_ADDR", "")
    come = None
    if scheme.lower() == SCHEME and secret.isascii() and len(secret) <= LONGEST_SECRET:
        come = admit(secret.strip(), address)
    if come is None:
        if secret and (wait := seconds_to_wait(address)):
            raise _too_many(wait)
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "token_invalid",
            "没有令牌，或令牌无效、已到期、已终止、不能从这个地址使用。",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if wait := wait_of(f"token:{come.token.pk}", settings.API_PER_MINUTE):
        raise _too_many(wait)
    _require_ready(come)
    return come


def _require_ready(come: Admitted) -> None:
    """An account that has first to change its password, or to bind a second factor, works by no token either."""
    account = come.token.account
    if account.must_change_password or is_too_old(account):
        raise Problem(
            HTTPStatus.FORBIDDEN, "password_due", "账号须先修改密码，请登录网页办理后重新生成令牌。"
        )
    if is_required(account) and not has_factor(account):
        raise Problem(HTTPStatus.FORBIDDEN, "factor_due", "账号须先绑定两步验证，请登录网页办理。")


def _too_many(wait: int) -> Problem:
    sentence = f"请求太频繁，请 {wait} 秒后再试。"
    headers = {"Retry-After": str(wait)}
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", sentence, headers=headers)


def _answered(
    request: HttpRequest, come: Admitted, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """In its turn, and once if it names a key. What the framework itself refuses is a problem as well."""
    key = request.headers.get("Idempotency-Key", "")
    try:
        with turn_of(request):
            if request.method in READING or not key:
                return _as_problem(answer())
            return _once(request, come, key, answer)
    except (Problem, NoTurn, idempotency.KeyReused, idempotency.KeyAtWork) as refused:
        return _unadmitted(request, refused)


def _once(
    request: HttpRequest, come: Admitted, key: str, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """Raises `Problem`, `KeyReused`, `KeyAtWork`."""
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        sentence = f"Idempotency-Key 最长 {LONGEST_KEY} 个字符，只能是 ASCII 字符。"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", sentence)
    digest = idempotency.digest_of(request.method or "", request.get_full_path(), request.body)
    if known := idempotency.begin(come.token, key, digest):
        again = HttpResponse(known.content, status=known.status, content_type=known.content_type)
        again["Idempotent-Replayed"] = "true"
        if known.etag:
            again["ETag"] = known.etag
        return again
    try:
        response = _as_problem(answer())
    except BaseException:
        idempotency.forget(come.token, key)
        raise
    kept = idempotency.Answer(
        response.status_code, response["Content-Type"], response.get("ETag", ""), response.content
    )
    idempotency.keep(come.token, key, kept)
    return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = {"Allow": response.get("Allow", "")}
        return problem(
            response.status_code, "method_not_allowed", "这个地址没有这种方法。", headers=allow
        )
    response.headers.setdefault("Cache-Control", "no-store")
    return response
