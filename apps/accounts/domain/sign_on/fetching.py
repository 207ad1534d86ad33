"""Asking a service's server.

Invariants: nothing is sent to an address that isn't public or named in `SIGN_ON_NETWORKS`, whatever DNS says at which
moment: it is the connection's own other end that is looked at. No redirect is followed, no answer is longer than
`LONGEST`, no question takes longer than `WHOLE` seconds, and one thread of the process is left for everybody else.
"""

import time
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse, HTTPResponse

from apps.accounts.domain.outer_addresses import is_outside
from apps.accounts.domain.sign_on.told import Unreachable
from apps.accounts.models.provider import Provider

CONNECT, READ, WHOLE, TURN = 3, 5, 10, 3
"""Seconds."""
LONGEST = 256 * 1024
PIECE = 16 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REDIRECTS = range(300, 400)
KEPT_HEADERS = ("Content-Type",)
_places = BoundedSemaphore(max(1, settings.WEB_THREADS - 1))


class _Forbidden(OSError):
    """The other end stands where we don't ask."""


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _look_at(self)


class _Encrypted(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _look_at(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """Read to its end before anybody looks at it."""
        return super().build_response(req, _at_hand(resp))


def _look_at(connection: HTTPConnection) -> None:
    other_end = connection.sock.getpeername()[0] if connection.sock else ""
    if not may_ask(other_end):
        connection.close()
        raise _Forbidden


def may_ask(address: str) -> bool:
    """Whether a server may be asked at this IP address."""
    return is_outside(address, allowed=settings.SIGN_ON_NETWORKS)


def is_safe(url: str) -> bool:
    """Whether an address may stand in a service's settings: encrypted, or a gateway on this very machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.fragment:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.netloc.partition(":")[0] in LOOPBACK
    )


class Asking(OAuth2Session):
    """Authlib's client under the limits above. Raises `Unreachable` for whatever does not answer."""

    def __init__(self, provider: Provider, **told: Any) -> None:
        super().__init__(client_id=provider.client_id, trust_env=False, **told)
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter())

    def request(self, method: str, url: str, **options: Any) -> Response:
        """One question, read to its end; the line is closed behind it."""
        if not is_safe(url):
            raise Unreachable("对方地址没有加密")
        limits = {
            "timeout": (CONNECT, READ),
            "allow_redirects": False,
            "verify": settings.SIGN_ON_CA or True,
        }
        if not _places.acquire(timeout=TURN):
            raise Unreachable("正在等待对方答复的登录太多")
        try:
            response: Response = super().request(method, url, **(options | limits))
        except (RequestException, HTTPError, OSError) as error:
            raise Unreachable("对方服务器没有响应，或者不在允许访问的网络") from error
        finally:
            self.close()
            _places.release()
        if response.status_code in REDIRECTS:
            raise Unreachable("对方要求转到别的地址")
        return response

    def read(self, url: str, **options: Any) -> dict[str, Any]:
        """An object of JSON; anything else is no answer."""
        response = self.get(url, headers={"Accept": "application/json"}, **options)
        try:
            found = response.json() if response.ok else None
        except ValueError as error:
            raise Unreachable("对方的答复不是 JSON") from error
        if not isinstance(found, dict):
            raise Unreachable(f"对方答复了 {response.status_code}")
        return found


def _at_hand(answer: BaseHTTPResponse) -> HTTPResponse:
    """The same with its body at hand, if it came in time and is no longer than it may be."""
    body, until = b"", time.monotonic() + WHOLE
    while piece := answer.read1(PIECE, decode_content=True):
        body += piece
        if len(body) > LONGEST or time.monotonic() > until:
            answer.close()
            raise Unreachable("对方的答复太长或太慢")
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    return HTTPResponse(BytesIO(body), headers, answer.status, preload_content=False)
