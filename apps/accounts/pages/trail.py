"""What the log is told of signing in: failures, locks, wrong codes, sessions that end by themselves.

Invariant: an entry names an account that exists or none at all; what was typed as a name may be a password.
"""

from datetime import timedelta
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models.functions import Lower
from django.http import HttpRequest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.domain.security import Verb, tell
from apps.audit.services import Entry
from apps.folding.domain.folding import folded
from apps.scope.context import whole_country
from apps.scope.paths import ROOT

LOCK = timedelta(minutes=30)
"""How long tries during a lock are told once."""
UNKNOWN = "（不存在的用户名）"


def listen() -> None:
    """Connected once, when the app is ready."""
    user_login_failed.connect(login_failed, dispatch_uid="accounts.login_failed")
    user_locked_out.connect(locked_out, dispatch_uid="accounts.locked_out")


def login_failed(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any
) -> None:
    """Told by Django of every wrong password, also of the old one of a change, and of those that a lock refused."""
    account = _account_of(str(credentials.get("username") or ""))
    if request is not None and getattr(request, "actor", None):
        entry = _entry(account, Verb.PASSWORD_FAILED, "修改密码时，原密码验证没有通过。")
    else:
        entry = _entry(account, Verb.LOGIN_FAILED, "登录失败：密码不正确，或登录已被锁定。")
    tell(by=None, entry=entry)


def locked_out(username: str, **_signal: Any) -> None:
    """Told by axes at the failure that locks, and again at every try during the lock."""
    sentence = "登录失败次数过多，这个账号或所在网络的登录已锁定一段时间。"
    entry = _entry(_account_of(username), Verb.LOCKED_OUT, sentence)
    tell(by=None, entry=entry, within=LOCK, most=1)


def factor_failed(account: User) -> None:
    entry = _entry(account, Verb.FACTOR_FAILED, "动态验证码没有通过。")
    tell(by=Actor.of(account), entry=entry)


def sign_on_failed(service: str, sentence: str) -> None:
    """Told of a service: nobody knows yet whose account it would have been."""
    said = f"“{service}”：{sentence}。"
    tell(by=None, entry=Entry(Verb.LOGIN_FAILED, service, said, ROOT))


def idle_end(account: User) -> None:
    minutes = settings.IDLE_TIMEOUT // 60
    entry = _entry(account, Verb.IDLE_END, f"超过 {minutes} 分钟没有操作，系统自动退出。")
    tell(by=Actor.of(account), entry=entry)


def lifetime_end(account: User, hours: str) -> None:
    entry = _entry(account, Verb.SESSION_EXPIRED, f"本次登录已满 {hours} 小时，系统自动退出。")
    tell(by=Actor.of(account), entry=entry)


def _account_of(username: str) -> User | None:
    with whole_country(reason="failed login"):
        accounts = User.objects.annotate(key=Lower("username"))
        account: User | None = accounts.filter(key=folded(username)).first()
    return account


def _entry(account: User | None, verb: Verb, sentence: str) -> Entry:
    if account is None:
        return Entry(verb, UNKNOWN, sentence, ROOT)
    return Entry(
        verb, account.username, sentence, account.log_path, enterprise_id=account.enterprise_id
    )
