"""Where deliveries may go: addresses of the public network, and those that the operator allows by name.

Invariant: an address is judged by what its name resolves to, once, and the connection goes to what was judged: a name
that means another machine a moment later reaches nobody.
"""

import socket
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from apps.accounts.domain.outer_addresses import is_outside

PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """Nothing is sent there; `str()` is the sentence."""


class Target(NamedTuple):
    """A judged address: what to connect to, and how the receiver is called."""

    scheme: str
    host: str
    port: int
    path: str
    netloc: str


def target_of(url: str) -> Target:
    """The parts of an address. Raises `AddressRefused`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("地址的格式不正确。") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise AddressRefused("地址须以 https:// 开头，如 https://his.example.cn/events。")
    if parts.scheme == "http" and settings.WEBHOOK_HTTPS_ONLY:
        raise AddressRefused("地址须以 https:// 开头，平台不向未加密的地址推送。")
    if parts.username or parts.password or parts.fragment or not url.isascii() or " " in url:
        raise AddressRefused("地址中不能有用户名、密码、# 和中文、空格。")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path, parts.netloc)


class Place(NamedTuple):
    """What the name meant when it was asked: what `socket` connects to."""

    family: int
    address: tuple[Any, ...]


def resolved(target: Target) -> Place:
    """The one place that the connection is made to. Raises `AddressRefused`."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"找不到主机 {target.host}。") from None
    places = [Place(family, sockaddr) for family, *_, sockaddr in found]
    if not places or not all(is_allowed(str(place.address[0])) for place in places):
        raise AddressRefused(
            f"{target.host} 是内部网络的地址，平台不向它推送；确需推送的，请联系平台管理人员放行。"
        )
    return places[0]


def is_allowed(host: str) -> bool:
    """Public and not the platform's own, or allowed by `WEBHOOK_ALLOWED_NETWORKS`."""
    return is_outside(
        host,
        allowed=settings.WEBHOOK_ALLOWED_NETWORKS,
        refused=settings.WEBHOOK_REFUSED_NETWORKS,
    )
