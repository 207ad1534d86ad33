"""Signing in and out."""

import time

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.services import record
from apps.scope.context import whole_country

LAST_SEEN = "last_seen"


@transaction.atomic
def sign_in(request: HttpRequest, account: User) -> None:
    """Start a session for an authenticated account."""
    with whole_country(reason="signing in"):
        login(request, account)  # notes when, on an account that stands in no scope yet
    request.session[LAST_SEEN] = int(time.time())
    _record(account, "登录", "登录系统。")


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    account = request.user
    logout(request)
    if isinstance(account, User) or getattr(account, "pk", None):
        _record(account, "退出", "退出系统。")  # type: ignore[arg-type]


def _record(account: User, verb: str, sentence: str) -> None:
    record(
        by=Actor.of(account),
        verb=verb,
        object=account.username,
        sentence=sentence,
        path=account.log_path,
        enterprise_id=account.enterprise_id,
    )
