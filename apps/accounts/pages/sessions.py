"""Signing in and out, and what a session knows of its browser."""

import re
import time
from ipaddress import ip_address

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import record_of
from apps.accounts.domain.sessions import (
    ADDRESS,
    BROWSER,
    LAST_SEEN,
    SIGNED_IN,
    remember_address,
)
from apps.accounts.models import User
from apps.accounts.models.session import LONGEST_BROWSER
from apps.accounts.pages.sign_on import attempts

# The first that occurs names the browser: those made from Chromium name Chrome as well.
BROWSERS = (
    ("360", r"\b(?:QIHU|360[SE]E|360Browser)"),
    ("搜狗", r"\b(?:SE 2\.X|MetaSr)"),
    ("QQ 浏览器", r"\bM?QQBrowser/?([\d]*)"),
    ("Edge", r"\bEdg(?:e|A|iOS)?/(\d+)"),
    ("Firefox", r"\bFirefox/(\d+)"),
    ("Chrome", r"\b(?:Headless)?Chrome/(\d+)"),
    ("Safari", r"\bVersion/(\d+)[\d.]* .*Safari/"),
)
SYSTEMS = (
    ("Windows", r"\bWindows NT"),
    ("Android", r"\bAndroid"),
    ("iPhone", r"\biPhone"),
    ("iPad", r"\biPad"),
    ("macOS", r"\bMac OS X"),
    ("Linux", r"\bLinux"),
)


@transaction.atomic
def sign_in(request: HttpRequest, account: User) -> None:
    """Start a session for an authenticated account."""
    attempts.forget(request)
    login(request, account)
    request.session.pop(LAST_SEEN, None)
    begin(request)
    if address := address_of(request):
        remember_address(account, address, timezone.now())
    record_of(Actor.of(account), account, "登录", "登录系统。")


def begin(request: HttpRequest) -> None:
    """What a session knows from its first request on: when, from where, by what."""
    request.session[SIGNED_IN] = int(time.time())
    request.session.setdefault(LAST_SEEN, request.session[SIGNED_IN])
    request.session[ADDRESS] = address_of(request)
    request.session[BROWSER] = browser_in_words(request.headers.get("User-Agent", ""))


def address_of(request: HttpRequest) -> str | None:
    """As the database takes it; `None` behind a local socket."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    account = request.user
    logout(request)
    if isinstance(account, User) or getattr(account, "pk", None):
        record_of(Actor.of(account), account, "退出", "退出系统。")  # type: ignore[arg-type]


def browser_in_words(agent: str) -> str:
    """`Chrome 109 · Windows`; empty if nothing is known. What the browser says of itself, and no proof of anything."""
    parts = []
    for name, pattern in BROWSERS:
        if match := re.search(pattern, agent[:500]):
            version = match[1] if match.re.groups else ""
            parts.append(f"{name} {version}".strip())
            break
    parts += [name for name, pattern in SYSTEMS if re.search(pattern, agent[:500])][:1]
    return " · ".join(parts)[:LONGEST_BROWSER]
